"""The web site: complete, without a broken link, and to be read by everybody, everywhere."""

import re
import subprocess
from functools import cache
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from autograder.building.lesson import graded_cells, lesson_names
from autograder.building.paths import ROOT
from tests.desk import Desk, chromium, needs_chromium
from tools.mathml import mathml
from tools.site.build import build
from tools.site.lesson import controls
from tools.site.markdown import Renderer, slug_of
from tools.site.places import FRONT, SEARCH, SPOTTER, Places, known_repository

REPOSITORY = "ada/spotting"
PLACES = Places(REPOSITORY)
PAGES = [FRONT, SEARCH, SPOTTER, *PLACES.lessons.values(), *PLACES.texts.values()]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "site"
    build(folder, REPOSITORY)
    return folder


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@cache
def soup_of(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def opened(browser, path, colours="light"):
    desk = Desk(browser, colours=colours)
    desk.page.set_default_timeout(10_000)
    desk.asked = []
    desk.page.on("request", lambda request: desk.asked.append(request.url))
    desk.page.goto(path.as_uri())
    return desk


def hurdles(desk, rules=None, without=".highlight"):
    """What axe-core finds, down to what is minor. Code has a test of its own: it has thousands of spans a page.

    Without `preload`, it asks for no file from a script.
    """
    options = {"preload": False, "resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = Axe().run(desk.page, context={"exclude": [[without]]}, options=options).response["violations"]
    return [(one["id"], node["target"]) for one in found for node in one["nodes"]]


@needs_chromium
@pytest.mark.parametrize("page", PAGES)
def test_a_page_can_be_read_in_light_and_dark_and_on_a_phone_and_asks_nobody(page, site, browser):
    desk = opened(browser, site / page)
    desk.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert hurdles(desk) == []
    desk.page.emulate_media(color_scheme="dark")
    assert hurdles(desk, ["color-contrast"]) == []
    desk.page.set_viewport_size({"width": 390, "height": 800})
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert {urlsplit(url).scheme for url in desk.asked} <= {"file", "data", "blob"}
    assert not desk.complaints
    desk.page.close()


@needs_chromium
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_every_colour_of_code_can_be_read(colours, site, browser):
    kinds = set(re.findall(r"\.highlight \.(\w+)", (site / "static/code.css").read_text())) - {"hll"}
    spans = " ".join(f'<span class="{kind}">{kind}</span>' for kind in sorted(kinds))
    page = (site / FRONT).read_text().replace("</h1>", f'</h1><div class="highlight"><pre>{spans}</pre></div>')
    (site / "code.html").write_text(page)
    desk = opened(browser, site / "code.html", colours)
    assert len(kinds) > 50 and hurdles(desk, ["color-contrast"], without="#lessons") == []
    desk.page.close()
    (site / "code.html").unlink()


def test_the_site_is_whole_and_small(site):
    assert {path.relative_to(site).as_posix() for path in site.rglob("*.html")} == set(PAGES)
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < 25e6


@pytest.mark.parametrize("page", PAGES)
def test_links_pictures_and_sounds_are_there(page, site):
    soup = soup_of(site / page)
    for tag in soup.select("[href], [src]"):
        address = urlsplit(tag.get("href") or tag["src"])
        if address.scheme:
            assert tag.name == "a" or address.scheme == "data", tag
            continue
        place = (site / page).parent / unquote(address.path) if address.path else site / page
        assert place.is_file(), tag
        if address.fragment:
            assert soup_of(place.resolve()).find(id=unquote(address.fragment)), tag
    names = [tag["id"] for tag in soup.select("[id]")]
    assert len(names) == len(set(names))


def test_the_front_page_tells_of_each_lesson_what_it_tells_itself(site):
    front = soup_of(site / FRONT)
    for name in lesson_names():
        item = front.find("a", href=f"lessons/{name}.html").find_parent("li")
        points = sum(cell["points"] for cell in graded_cells(name))
        assert re.search(rf"About \d+ minutes · {points:g} (bonus )?points · needs", item.get_text())
        assert len(item.select("details li")) >= 4
        for service in ("mybinder.org", "colab.research.google.com"):
            link = item.find("a", href=re.compile(service))["href"]
            assert REPOSITORY in link and f"notebooks/{name}.ipynb" in link


@pytest.mark.parametrize("name", lesson_names())
def test_a_lesson_has_its_figures_sounds_and_formulas_and_its_answers_are_folded(name, site):
    page = soup_of(site / "lessons" / f"{name}.html")
    assert page.select("main .outputs img[alt][width]") and not page.select("main [src^=data]")
    prose = "".join(text for text in page.main.find_all(string=True) if not text.find_parent(["pre", "code"]))
    assert page.select("main math") and not re.search(r"\$\S|\\[a-z]+", prose)
    answers = page.select("details.answer")
    tests = [cell for cell in graded_cells(name) if not cell["solution"]]
    assert len(answers) >= len(tests) and not any(answer.has_attr("open") for answer in answers)


def test_what_needs_a_kernel_says_so(site):
    assert "this picture has controls" in soup_of(site / "lessons/04_overfitting.html").get_text()
    assert soup_of(site / "lessons/08_live_spotter.html").select(".note a[href='../spotter.html']")


@pytest.mark.parametrize("source, kind", [
    ("widgets.explore(draw, {})", "figure"), ("x = 1\nmicrophone.listen(hear, [])", "microphone"),
    ("from kws_helpers import widgets", ""), ("explore(1)", "")])
def test_cells_with_controls_are_known_by_their_calls(source, kind):
    assert controls(source) == kind


@needs_chromium
def test_search_finds_a_word_and_leads_to_where_it_is(site, browser):
    desk = opened(browser, site / "docs/students.html")
    desk.page.get_by_role("searchbox").fill("refractory SMOOTHING")
    desk.page.keyboard.press("Enter")
    desk.page.locator("#found li").first.wait_for()
    assert desk.page.locator("#found mark").first.inner_text().lower() in ("refractory", "smoothing")
    assert hurdles(desk) == []
    desk.page.locator("#found a").first.click()
    desk.page.wait_for_url("**/lessons/08_live_spotter.html#*")
    desk.page.goto((site / SEARCH).as_uri())
    desk.page.get_by_label("Search for").fill("zzzz")
    desk.page.get_by_text("Nothing was found.").wait_for()
    assert not desk.complaints


@needs_chromium
def test_on_paper_the_answers_are_open(site, browser):
    desk = opened(browser, site / "lessons/02_ffnn.html")
    answer = desk.page.locator("details.answer pre").first
    assert not answer.is_visible()
    desk.page.emulate_media(media="print")
    assert answer.is_visible() and not desk.page.locator("header").is_visible()
    desk.page.close()


@pytest.mark.parametrize("repository, url, becomes", [
    (None, "students.md#hand-in", "students.html#hand-in"), (None, "../README.md", "../README.html"),
    (None, "../notebooks/02_ffnn.ipynb", "../lessons/02_ffnn.html"), (None, "https://x.org/a", "https://x.org/a"),
    (None, "#here", "#here"), (None, "../tools/benchmark/recipe.py", None),
    (REPOSITORY, "../tools/benchmark/recipe.py", f"https://github.com/{REPOSITORY}/blob/HEAD/tools/benchmark/recipe.py"),
    (REPOSITORY, "../tools", f"https://github.com/{REPOSITORY}/tree/HEAD/tools")])
def test_what_links_in_docs_become(repository, url, becomes):
    places = Places(repository)
    assert places.link(url, "docs/recipe.md", "docs/recipe.html") == becomes
    html = Renderer(places, "docs/recipe.md", "docs/recipe.html").line(f"[words]({url})")
    assert html == (f'<a href="{becomes}">words</a>' if becomes else "words")


def test_a_broken_link_is_named():
    with pytest.raises(FileNotFoundError, match="docs/recipe.md leads to nothing.md"):
        PLACES.link("nothing.md", "docs/recipe.md", "docs/recipe.html")


@pytest.mark.parametrize("formula, shown", [
    (r"\arg\max_j p_j", "arg\xa0maxjpj"), (r"\operatorname{SHA1}(s)", "SHA1(s)"), (r"22{,}000", "22,000")])
def test_formulas_that_latex2mathml_takes_for_something_else_are_right(formula, shown):
    math = BeautifulSoup(mathml(formula, "inline"), "html.parser")
    assert math.get_text() == shown and not math.find("mo", string=",")


def test_a_formula_that_would_be_shown_as_latex_is_named():
    with pytest.raises(ValueError, match="unheard"):
        mathml(r"\unheard{x}", "inline")


def test_without_an_address_nothing_is_made_up():
    assert Places(None).open_in("02_ffnn") == {}


@pytest.mark.parametrize("heading, anchor", [
    ("Take it home", "take-it-home"), ("What's new, here?", "whats-new-here"),
    ("Exercise: <code>one_hot</code>", "exercise-one_hot"), ("Drop-out &amp; more", "drop-out--more")])
def test_anchors_are_those_of_github(heading, anchor):
    assert slug_of(heading) == anchor


@pytest.mark.parametrize("remote, name", [
    ("https://github.com/ada/spotting.git", "ada/spotting"), ("git@github.com:ada/spotting.git", "ada/spotting"),
    ("https://example.org/ada/spotting", None), ("", None)])
def test_the_repository_is_the_remote_that_git_knows(remote, name, monkeypatch):
    monkeypatch.delenv("SITE_REPOSITORY", raising=False)
    done = subprocess.CompletedProcess([], 0, stdout=remote + "\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert known_repository() == name


def test_the_repository_can_be_named(monkeypatch):
    monkeypatch.setenv("SITE_REPOSITORY", REPOSITORY)
    assert known_repository() == REPOSITORY
    monkeypatch.setenv("SITE_REPOSITORY", "https://github.com/ada/spotting")
    with pytest.raises(ValueError, match="owner/name"):
        known_repository()


def test_the_workflow_builds_what_make_builds():
    jobs = yaml.safe_load((ROOT / ".github/workflows/site.yml").read_text())["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    assert "make site" in [step.get("run") for step in steps]
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"]) for step in steps if "uses" in step)
    assert [step["with"]["path"] for step in steps if "upload-pages" in step.get("uses", "")] == ["build/site"]
