# SPDX-License-Identifier: Apache-2.0
"""Makes docs/playground.png: python3 playground_picture.py URL MODEL FILE, of a running `serve`."""
import base64
import math
import sys

from browser import Browser, find

url, model, file = sys.argv[1:]
WIDTH, HEIGHT = 1120, 800


def three():
    """A 3 as a hand draws it: two arcs, in shares of the board."""
    upper = [(.47 + .17 * math.cos(a), .33 + .14 * math.sin(a))
             for a in (math.radians(d) for d in range(-160, 100, 12))]
    lower = [(.47 + .2 * math.cos(a), .64 + .17 * math.sin(a))
             for a in (math.radians(d) for d in range(-90, 165, 12))]
    return upper + lower


browser = Browser(find())
browser.open(url + "/#model=" + model, WIDTH, HEIGHT, still=True)  # bars that have arrived
browser.wait("document.documentElement.dataset.ready === 'yes'", 60)
browser.wait("document.querySelectorAll('.kernel').length > 0", 60)
left, top, width, height = browser.value(
    "(() => { const b = document.querySelector('#board').getBoundingClientRect();"
    " return [b.left, b.top, b.width, b.height]; })()")
points = [(left + x * width, top + y * height) for x, y in three()]
browser.mouse("mousePressed", *points[0])
for point in points[1:]:
    browser.mouse("mouseMoved", *point)
browser.mouse("mouseReleased", *points[-1])
browser.wait("document.querySelector('#bars').dataset.best !== undefined &&"
             " document.querySelector('#board').dataset.state === 'answered' && document.activeElement.blur() === undefined")
height = browser.value("document.querySelector('#form').getBoundingClientRect().top + scrollY - 16")
browser.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=int(height), deviceScaleFactor=1, mobile=False)
browser.wait("innerHeight === %d" % int(height))
with open(file, "wb") as out:
    out.write(base64.b64decode(browser.picture()))
browser.close()
