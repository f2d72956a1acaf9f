"""Markdown to HTML: headings that can be linked as on GitHub, formulas as MathML, links as the site has them."""

import re
from collections import Counter
from html import escape

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from tools.mathml import mathml
from tools.site.places import Places


class Renderer(IPythonRenderer):
    """Renders the texts of one page, one after another.

    Args:
        places: what links become.
        source: the file that the texts are from, a path in the repository.
        page: the page that they are for, a path on the site.
    """

    def __init__(self, places: Places, source: str, page: str) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.places, self.source, self.page = places, source, page
        self.seen: Counter[str] = Counter()

    def html(self, text: str) -> str:
        return MarkdownWithMath(renderer=self).render(text)

    def line(self, text: str) -> str:
        """Return a paragraph's HTML without the paragraph."""
        return self.html(text).strip().removeprefix("<p>").removesuffix("</p>")

    def heading(self, text: str, level: int, **attrs: object) -> str:
        slug = slug_of(text)
        self.seen[slug] += 1
        again = f"-{self.seen[slug] - 1}" if self.seen[slug] > 1 else ""
        return f'<h{level} id="{slug}{again}">{text}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        found = self.places.link(url, self.source, self.page)
        return f'<a href="{escape(found)}">{text}</a>' if found and text else text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Show a picture of the repository. One from elsewhere, a badge, would be a request."""
        found = self.places.picture(url, self.source, self.page)
        return f'<img src="{escape(found)}" alt="{escape(text)}" loading="lazy">' if found else ""

    def block_math(self, body: str) -> str:
        return f'<span class="formula">{mathml(body, "block")}</span>'

    def inline_math(self, body: str) -> str:
        return mathml(body, "inline")

    def table(self, text: str) -> str:
        return f'<div class="scroll"><table>{text}</table></div>\n'

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        """Return a cell. A heading of nothing is none."""
        tag = "th" if head and text else "td"
        return f"<{tag}{f' class={align}' if align else ''}>{text}</{tag}>\n"


def slug_of(heading: str) -> str:
    """Return a heading's anchor as GitHub makes it.

    Example:
        >>> slug_of("Data, and <code>where</code> it's from")
        'data-and-where-its-from'
    """
    words = re.sub(r"<[^>]*>|&\w+;|[^\w\s<>&-]", "", heading).strip().lower()
    return re.sub(r"\s", "-", words)
