# SPDX-License-Identifier: Apache-2.0
"""The playground in a browser, served by `serve`. The Java tests export the models; HYPERNET4J_PLAYED
lists their folders (of one version each), HYPERNET4J_COMMAND runs the program."""
import json
import os
import pathlib
import shlex
import subprocess

import pytest

from browser import Browser, find

PLAYED = [pathlib.Path(p) for p in os.environ.get("HYPERNET4J_PLAYED", "").split(":") if p]
FOREIGN = pathlib.Path(__file__).parent.parent / "src/test/resources/export/foreign/half_plus_two"
STRANGE = "<img src=x onerror=alert(1)>&\"'"
SIZES = [(1280, 800), (360, 800)]

pytestmark = pytest.mark.skipif(
    find() is None, reason="no Chromium or Chrome on this machine (CHROME may name one)")


@pytest.fixture(scope="module")
def browser():
    browser = Browser(find())
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    models = tmp_path_factory.mktemp("models")
    for version in PLAYED + [FOREIGN]:
        name = STRANGE if version == FOREIGN else version.parent.name
        (models / name).mkdir()
        (models / name / "1").symlink_to(version.resolve())
    command = shlex.split(os.environ["HYPERNET4J_COMMAND"])
    process = subprocess.Popen(command + ["serve", str(models), "--port", "0"], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = []
    url = None
    while url is None:
        line = process.stdout.readline()
        assert line, "\n".join(lines)
        lines.append(line)
        url = next((word.strip(",") for word in line.split() if word.startswith("http://")), None)
    yield url
    process.terminate()
    assert process.wait(60) == 0


def show(browser, server, model, size=SIZES[0], dark=False, still=True):
    browser.open(server + "/#model=" + model, *size, dark=dark, still=still)
    browser.wait("document.documentElement.dataset.ready === 'yes'", 60)
    assert browser.value("document.documentElement.dataset.model") == model


def text(browser, selector):
    return browser.value("document.querySelector(%s).textContent" % json.dumps(selector))


def healthy(browser, size, dark=False):
    assert browser.value("document.querySelector('#error').hidden"), text(browser, "#error")
    assert browser.complaints == []
    assert browser.value("document.documentElement.scrollWidth") == size[0]
    assert browser.value("getComputedStyle(document.body).backgroundColor") == (
        "rgb(22, 22, 22)" if dark else "rgb(255, 255, 255)")
    # what a finger must hit is large enough, and every field has a name
    assert browser.value(
        "[...document.querySelectorAll('button, input, select, textarea')]"
        ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 40).map(e => e.id)") == []
    assert browser.value(
        "[...document.querySelectorAll('input, select, textarea')]"
        ".filter(e => e.labels.length === 0 && !e.getAttribute('aria-label')).map(e => e.id)") == []


def model_of(kind):
    found = [p.parent.name for p in PLAYED if p.parent.name.startswith(kind)]
    if not found:
        pytest.skip("no model of this kind was exported")
    return found[0]


def seven(browser):
    box = browser.value("(() => { const b = document.querySelector('#board').getBoundingClientRect();"
                        " return [b.left, b.top, b.width, b.height]; })()")
    points = [(box[0] + x * box[2], box[1] + y * box[3])
              for x, y in ((.3, .2), (.5, .2), (.7, .2), (.6, .4), (.5, .6), (.45, .85))]
    browser.mouse("mousePressed", *points[0])
    for point in points[1:]:
        browser.mouse("mouseMoved", *point)
    browser.mouse("mouseReleased", *points[-1])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_a_digit_by_mouse(browser, server, size, dark):
    show(browser, server, model_of("mnist-hyper"), size, dark)
    assert text(browser, "#verdict") == "Nothing is drawn yet."
    browser.wait("document.querySelectorAll('.kernel').length === 2")
    assert "conv2 (generated)" in text(browser, "#kernels")
    seven(browser)
    browser.wait("document.querySelectorAll('.bars li').length === 10")
    # as the digits of MNIST: the longer side is 20 pixels, the centre of mass is the middle
    browser.wait("document.querySelector('#board').dataset.state === 'answered'")
    pixels = browser.value(
        "[...document.querySelector('#seen').getContext('2d').getImageData(0, 0, 28, 28).data]"
        ".filter((value, at) => at % 4 === 0)")
    rows = [y for y in range(28) if max(pixels[28 * y:28 * y + 28]) > 25]
    assert 19 <= rows[-1] - rows[0] + 1 <= 22
    ink = sum(pixels)
    assert abs(sum(p * (at % 28 + .5) for at, p in enumerate(pixels)) / ink - 14) < 0.3
    assert abs(sum(p * (at // 28 + .5) for at, p in enumerate(pixels)) / ink - 14) < 0.3
    shares = browser.value("[...document.querySelectorAll('.bars output')].map(o => parseFloat(o.textContent))")
    assert abs(sum(shares) - 100) < 0.6
    best = max(range(10), key=shares.__getitem__)
    assert text(browser, "#verdict").startswith("Most probable: %d with " % best)
    healthy(browser, size, dark)
    browser.value("document.querySelector('#clear').click()")
    assert text(browser, "#verdict") == "Nothing is drawn yet."


def test_a_digit_by_keys_and_by_example(browser, server):
    show(browser, server, model_of("mnist-hyper"))
    browser.value("document.querySelector('#board').focus()")
    for _ in range(8):
        browser.press("ArrowUp", 38)
    browser.press(" ", 32)  # the pen is down
    for _ in range(16):
        browser.press("ArrowDown", 40)
    browser.press(" ", 32)
    browser.press("ArrowRight", 39)  # draws nothing
    browser.wait("document.querySelectorAll('.bars li').length === 10")
    assert browser.value("document.querySelector('#board').getAttribute('aria-label')") == "A drawing of 1 line"
    browser.press("Backspace", 8)
    assert text(browser, "#verdict") == "Nothing is drawn yet."
    browser.wait("!document.querySelector('#sample').hidden")
    browser.value("document.querySelector('#sample').click()")
    browser.wait("document.querySelector('#bars').dataset.best !== undefined")
    healthy(browser, SIZES[0])


def test_a_digit_by_finger(browser, server):
    show(browser, server, model_of("mnist-hyper"), SIZES[1])
    box = browser.value("(() => { const b = document.querySelector('#board').getBoundingClientRect();"
                        " return [b.left, b.top, b.width, b.height]; })()")
    browser.touch(box[0] + box[2] / 2, box[1] + box[3] / 2)
    browser.wait("document.querySelectorAll('.bars li').length === 10")
    healthy(browser, SIZES[1])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_writes_with_four_strips(browser, server, size, dark):
    show(browser, server, model_of("language"), size, dark)
    browser.value("document.querySelector('#prompt').value = 'ab', document.querySelector('#text-length').value = 120")
    browser.value("document.querySelector('#write').form.requestSubmit()")
    browser.wait("document.querySelector('#lines').dataset.state === 'ended'", 60)
    assert text(browser, "#text-state") == "Done: 120 characters."
    written = text(browser, "#lines")
    assert written.startswith("ab") and len(written) == 122
    assert browser.value("document.querySelectorAll('#text-key li').length") == 4
    # every line has its strips, as many columns as characters
    assert browser.value(
        "[...document.querySelectorAll('.line')].every(l => !l.querySelector('canvas').hidden"
        " && l.querySelector('canvas').width === l.textContent.length)")
    browser.value("document.querySelector('#lines').focus()")
    browser.press("ArrowRight", 39)
    browser.press("ArrowRight", 39)
    assert "Character 2, ‘b’: input gate " in text(browser, "#text-value")
    healthy(browser, size, dark)


def test_stops_and_says_what_is_wrong(browser, server):
    show(browser, server, model_of("language"))
    browser.value("document.querySelector('#prompt').value = 'Ω'; document.querySelector('#write').form.requestSubmit()")
    browser.wait("!document.querySelector('#error').hidden")
    assert "unknown symbol 'Ω'" in text(browser, "#error")
    browser.value("document.querySelector('#prompt').value = 'a', document.querySelector('#text-length').value = 2000,"
                  "document.querySelector('#write').form.requestSubmit()")
    assert not browser.value("document.querySelector('#text-stop').disabled")
    browser.value("document.querySelector('#text-stop').click()")
    browser.wait("document.querySelector('#text-stop').disabled")
    assert text(browser, "#text-state") == "Stopped."
    assert browser.value("document.querySelector('#error').hidden")


@pytest.mark.parametrize("still", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_draws_strokes(browser, server, size, still):
    show(browser, server, model_of("strokes"), size, still=still)
    browser.value("document.querySelector('#strokes-length').value = 40,"
                  "document.querySelector('#draw').form.requestSubmit()")
    browser.wait("document.querySelector('#paper').dataset.state === 'ended'", 60)
    assert " points" in text(browser, "#strokes-state")
    assert browser.value("document.querySelectorAll('#ink path').length") > 0
    assert browser.value("document.querySelectorAll('#strokes-key li').length") == 4
    healthy(browser, size)


@pytest.mark.parametrize("size", SIZES)
def test_translates(browser, server, size):
    show(browser, server, model_of("translation"), size)
    browser.value("document.querySelector('#sentence').value = 'A dog runs in the snow.',"
                  "document.querySelector('#translate').form.requestSubmit()")
    browser.wait("!document.querySelector('#attention').hidden", 60)
    rows = browser.value("[...document.querySelectorAll('#weights tbody tr')].map(r => r.children.length)")
    heads = browser.value("document.querySelectorAll('#weights thead th').length")
    assert rows and set(rows) == {heads + 1}
    healthy(browser, size)


def test_any_model_by_json_and_a_name_that_looks_like_markup(browser, server):
    browser.open(server + "/#model=" + "".join("%%%02x" % b for b in STRANGE.encode()), *SIZES[1])
    browser.wait("document.documentElement.dataset.ready === 'yes'", 60)
    assert browser.value("document.querySelector('#model').value") == STRANGE
    assert browser.value("document.images.length") == 0
    browser.value("document.querySelector('#signature').value = 'serving_default',"
                  "document.querySelector('#signature').dispatchEvent(new Event('change')),"
                  "document.querySelector('#inputs').value = '{\"x\": [[1], [2.5], [-4]]}',"
                  "document.querySelector('#inputs').form.requestSubmit()")
    browser.wait("!document.querySelector('#outputs').hidden || !document.querySelector('#error').hidden")
    assert json.loads(text(browser, "#outputs")) == [[2.5], [3.25], [0]]  # x / 2 + 2
    healthy(browser, SIZES[1])
    browser.value("document.querySelector('#inputs').value = '{\"x\": [',"
                  "document.querySelector('#inputs').form.requestSubmit()")
    browser.wait("!document.querySelector('#error').hidden")
    assert text(browser, "#error")
