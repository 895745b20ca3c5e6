# SPDX-License-Identifier: Apache-2.0
"""The page that plays a writing, in a browser. The Java tests write the pages to HYPERNET4J_PAGES."""
import os
import pathlib

import pytest

from browser import Browser, find

PAGES = pathlib.Path(os.environ.get("HYPERNET4J_PAGES", "."))
POINTS = {"sketch": 6, "line": 72, "point": 1}
SIZES = [(360, 800), (1280, 800)]
STATE = "document.documentElement.dataset.state"
POINT = "Number(document.documentElement.dataset.point)"
SHADES = "[...document.querySelectorAll('.strip rect')].map(r => r.getAttribute('fill-opacity')).join()"
STROKES = "[...document.querySelector('#ink g:not(.ghost)').children].map(e => " \
    "e.getAttribute('visibility') === 'hidden' ? 'hidden' : 'visible' + e.getAttribute('d')).join()"

pytestmark = pytest.mark.skipif(
    find() is None, reason="no Chromium or Chrome on this machine (CHROME may name one)")


@pytest.fixture(scope="module")
def browser():
    browser = Browser(find())
    yield browser
    browser.close()


def url(page):
    return (PAGES / (page + ".html")).resolve().as_uri()


def middle(browser, selector, share=0.5):
    box = browser.value(
        "(() => { const b = document.querySelector(%r).getBoundingClientRect();"
        " return [b.left, b.top, b.width, b.height]; })()" % selector)
    return box[0] + share * box[2], box[1] + box[3] / 2


def hurry(browser):
    browser.value("document.querySelector('#speed').value = 4,"
                  "document.querySelector('#speed').dispatchEvent(new Event('change'))")


def state(browser):
    return browser.value(STATE), browser.value(POINT)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", POINTS)
def test_plays_to_the_end(browser, page, size, dark):
    # as Java wrote it: what the player leaves at the end must equal it
    browser.open(url(page), *size, dark=dark, script=False)
    strokes, shades = browser.value(STROKES), browser.value(SHADES)
    assert browser.value("document.querySelector('#controls').hidden")
    browser.open(url(page), *size, dark=dark)
    assert browser.value("document.querySelector('#act').textContent") in ("Pause", "Play again")
    hurry(browser)
    browser.wait(STATE + " === 'ended'")
    assert state(browser) == ("ended", POINTS[page])
    assert browser.complaints == []
    assert browser.value(STROKES) == strokes
    assert [round(float(a) - float(b), 2) for a, b in
            zip(browser.value(SHADES).split(","), shades.split(","))
            if abs(float(a) - float(b)) > 0.011] == []
    assert browser.value("document.documentElement.scrollWidth") == size[0]
    assert browser.value("getComputedStyle(document.body).backgroundColor") == (
        "rgb(22, 22, 22)" if dark else "rgb(255, 255, 255)")
    assert len(browser.picture()) > 5000


def test_starts_complete_where_less_motion_is_preferred(browser):
    browser.open(url("sketch"), 360, 800, still=True)
    assert state(browser) == ("ended", 6)
    assert browser.value("document.querySelector('#act').textContent") == "Play again"


def test_a_link_opens_a_point_with_its_numbers(browser):
    browser.open(url("sketch") + "#point=3", 1280, 800)
    assert state(browser) == ("paused", 3)
    assert browser.value("document.querySelector('#where').value") == "Point 3 of 6, stroke 1 of 3"
    # 0.01 (1 + (7 i + 3 strip) mod 11) for i = 2
    assert browser.value("[...document.querySelectorAll('.strip output')].map(o => o.value)") == [
        "down", "0.04", "0.07", "0.1", "0.02"]
    said = browser.value("document.querySelector('#scrub').getAttribute('aria-valuetext')")
    assert said == "Point 3 of 6, stroke 1 of 3, Whi 0.04, Whg 0.07, Whf 0.1, Who 0.02"
    assert browser.value(STROKES).startswith("visibleM60 60L646.67 60L646.67 353.33")
    assert browser.value(STROKES).count("hidden") == 2
    # the first point has no number; of the others those shown have a colour
    gate = browser.value(SHADES).split(",")[1:7]
    assert [float(shade) > 0 for shade in gate] == [False, True, True, False, False, False]


def test_keys(browser):
    browser.open(url("line"), 1280, 800)
    browser.press(" ", 32)
    assert state(browser)[0] == "paused"
    browser.press("Home", 36)
    assert state(browser) == ("paused", 0)
    browser.press("ArrowRight", 39)
    browser.press("ArrowRight", 39)
    browser.press("ArrowLeft", 37)
    assert state(browser) == ("paused", 1)
    browser.press("End", 35)
    assert state(browser) == ("ended", 72)
    browser.press(" ", 32)  # from the start again
    browser.wait(STATE + " === 'playing' && " + POINT + " > 0")
    assert browser.value(POINT) < 72
    browser.press(" ", 32)
    browser.value("document.querySelector('#scrub').focus()")
    browser.press("Home", 36)
    browser.press("ArrowRight", 39)
    assert state(browser) == ("paused", 1)
    browser.press(" ", 32)
    assert state(browser)[0] == "playing"
    browser.value("document.querySelector('#play').focus()")
    browser.press(" ", 32)  # the button itself, once
    assert state(browser)[0] == "paused"
    assert browser.complaints == []


def test_mouse(browser):
    browser.open(url("sketch") + "#point=6", 1280, 800)
    browser.mouse("mousePressed", *middle(browser, ".strip.blue svg", 0.4))
    assert state(browser) == ("paused", 3)  # 0.4 of 6 points lies in the third column
    browser.mouse("mouseMoved", *middle(browser, ".strip.blue svg", 0.75))
    browser.mouse("mouseReleased", *middle(browser, ".strip.blue svg", 0.75))
    assert state(browser) == ("paused", 5)
    browser.mouse("mouseMoved", *middle(browser, ".strip.blue svg", 0.1), held=False)
    assert state(browser) == ("paused", 5)
    x, y = middle(browser, "#ink g:not(.ghost) circle")
    browser.mouse("mousePressed", x + 3, y + 3)  # the dot is the fourth point
    browser.mouse("mouseReleased", x + 3, y + 3)
    assert state(browser) == ("paused", 4)
    x, y = middle(browser, "#play")
    browser.mouse("mousePressed", x, y)
    browser.mouse("mouseReleased", x, y)
    assert state(browser)[0] == "playing"


def test_touch(browser):
    browser.open(url("line"), 360, 800)
    browser.touch(*middle(browser, "#play"))
    browser.wait(STATE + " === 'paused'")
    browser.touch(*middle(browser, "#scrub"))
    browser.wait("Math.abs(" + POINT + " - 36) < 2")
    _, y = middle(browser, ".strip.green svg")
    browser.touch(40, y)
    browser.wait(POINT + " < 20")


def test_a_line_of_handwriting_scrolls_after_the_pen(browser):
    browser.open(url("line"), 360, 800)
    hurry(browser)
    view = "document.querySelector('#view')."
    assert browser.value(view + "scrollWidth") > 360
    browser.wait(STATE + " === 'ended'")
    assert browser.value(view + "scrollLeft") > 0


def test_shows_a_part_and_goes_back(browser):
    browser.open(url("line") + "#point=40", 1280, 800)
    strokes, shades = browser.value(STROKES), browser.value(SHADES)
    browser.press("End", 35)
    assert browser.value(SHADES) != shades
    for _ in range(32):
        browser.press("ArrowLeft", 37)
    assert state(browser) == ("paused", 40)
    assert (browser.value(STROKES), browser.value(SHADES)) == (strokes, shades)
