"""Write the site: every lesson and every text as a page, the front page, the search, the spotter."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from pygments.formatters import HtmlFormatter

from autograder.building.paths import ROOT
from kws_helpers import spotting
from kws_helpers.spotting.page import write_page
from tools.opening import Opening, opening
from tools.site import search
from tools.site.lesson import TEMPLATES, LessonExporter, read
from tools.site.markdown import Renderer
from tools.site.places import FRONT, SEARCH, SPOTTER, Places, relative

STATIC = Path(__file__).with_name("static")
GALLERY, PICTURE = "docs/gallery.md", r"gallery/05_augmentation-1\.png"
NAVIGATION = {FRONT: "Lessons", SPOTTER: "Spotter", "docs/students.html": "Students",
              "docs/instructors.html": "Instructors", "docs/authors.html": "Authors"}


@dataclass(frozen=True)
class Page:
    """What a file of the repository becomes: the page's path, its HTML, and its sections."""

    page: str
    html: str
    sections: list[search.Section]

    @property
    def title(self) -> str:
        return self.sections[0].title


def build(folder: Path, repository: str | None) -> None:
    """Write the site into a folder; what was there before is removed.

    Args:
        repository: "owner/name" on GitHub, to which links may lead; None if it is not known.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(STATIC, folder / "static")
    (folder / "static" / "code.css").write_text(_colours_of_code())
    places = Places(repository)
    texts = [_text(places, source, page) for source, page in places.texts.items()]
    lessons = list(_lessons(folder, places))
    course = lessons[0].title
    write = partial(_write, folder, _environment(course, repository))
    for text in texts:
        write("page.html", text.page, title=text.title, body=text.html, headings=_contents(text))
    for before, lesson, after in zip([None, *lessons], lessons, [*lessons[1:], None]):
        write("lesson.html", lesson.page, title=lesson.title, body=lesson.html, headings=_contents(lesson),
              before=before, after=after, open_in=places.open_in(Path(lesson.page).stem))
    pages = lessons + texts
    write("front.html", FRONT, title=course, headings=[], **_front(places),
          texts=[text for text in texts if re.fullmatch(r"docs/([^/]+|.+/README)\.html", text.page)])
    write("search.html", SEARCH, title="Search", headings=[])
    (folder / "static" / "search-index.js").write_text(search.index((one.page, one.sections) for one in pages), "utf-8")
    write_page(spotting.load(), folder / SPOTTER)
    for picture in places.pictures:
        (folder / picture).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / picture, folder / picture)


def _text(places: Places, source: str, page: str) -> Page:
    html = Renderer(places, source, page).html((ROOT / source).read_text("utf-8"))
    return Page(page, html, list(search.sections(html)))


def _lessons(folder: Path, places: Places) -> Iterator[Page]:
    """Yield the pages of the notebooks; write their figures and sounds."""
    for source, page in places.lessons.items():
        html, files = LessonExporter(Renderer(places, source, page), Path(page).stem).page(read(source))
        for name, content in files.items():
            path = (folder / page).parent / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield Page(page, html, list(search.sections(html)))


def _contents(page: Page) -> list[search.Section]:
    return [one for one in page.sections if one.level > 1]


def _front(places: Places) -> dict[str, object]:
    """Return what the front page shows: the lessons as they present themselves, and a picture of one of them."""
    (start, start_page), *_ = places.lessons.items()
    renderer = partial(Renderer, places, page=FRONT)
    (picture,) = re.findall(rf"^!\[[^\]]+\]\({PICTURE}\)", (ROOT / GALLERY).read_text("utf-8"), re.MULTILINE)
    lead = read(start).cells[0].source.split("\n\n")[1]
    return {"lead": renderer(start).html(lead), "picture": renderer(GALLERY).line(picture),
            "lessons": [_presented(opening(read(source)), renderer(source), page, places.open_in(Path(page).stem))
                        for source, page in places.lessons.items()]}


def _presented(one: Opening, renderer: Renderer, page: str, open_in: dict[str, str]) -> dict[str, object]:
    goal = one.goal[:1].upper() + one.goal[1:]
    return {"page": page, "title": one.title, "goal": renderer.line(goal), "learned": renderer.html(one.learned),
            "cost": renderer.line(one.cost), "open_in": open_in}


def _environment(course: str, repository: str | None) -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    environment.filters["here"] = pass_context(lambda context, place: relative(place, context["page"]))
    environment.globals |= {"course": course, "repository": repository, "navigation": NAVIGATION.items()}
    return environment


def _write(folder: Path, environment: Environment, template: str, page: str, **shown: object) -> None:
    html = environment.get_template(template).render(page=page, **shown)
    path = folder / page
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, "utf-8")


def _colours_of_code() -> str:
    """Return pygments' colours for a light and a dark page; both can be read well enough (WCAG AA)."""
    light, dark = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in ("default", "github-dark"))
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
