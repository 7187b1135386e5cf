"""The pages in a real browser: errors, requests, overflow, contrast, accessibility.

Needs Chromium with its driver and the package selenium; the accessibility check needs the file
`axe.min.js` of the npm package axe-core, in node_modules or where AXE_CORE says. What is missing is
skipped.
"""

import base64
import os
import re
import shutil
from pathlib import Path

import pytest
from month_tables import marketplace, policy, scores

from monthly.publish import publish_index, publish_month

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
if not (CHROMIUM and DRIVER):
    pytest.skip("no Chromium with chromedriver here", allow_module_level=True)

ROOT = Path(__file__).parents[2]
AXE = Path(os.environ.get("AXE_CORE", ROOT / "node_modules/axe-core/axe.min.js"))
PAGES = [f"{name}index.html" for name in ("2026-07/", "2026-09/", "2026-10/", "undecided/", "")]
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CONTRASTS = {"--ink": 7, "--soft": 4.5, "--link": 4.5, "--mark": 3}  # against --paper and --panel


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """A first month, one with small numbers, one without documents, one undecided, and the list of all."""
    folder = tmp_path_factory.mktemp("monthly")
    docs, decided = marketplace()
    for month, as_of in {"2026-07": "2026-08-05", "2026-09": "2026-10-05", "2026-10": "2026-11-05"}.items():
        publish_month(docs, decided, scores(docs), policy(3), month, as_of, folder / month)
    publish_month(docs, decided[:0], None, policy(3), "2026-09", "2026-10-05", folder / "undecided")
    publish_index(folder)
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in [*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


def open_page(browser, path, width=1280, scheme="light"):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    browser.get(path.as_uri())


@pytest.mark.parametrize("page", PAGES)
def test_no_console_error_and_no_request(browser, reports, page):
    browser.get("about:blank")
    for log in ("browser", "performance"):
        browser.get_log(log)  # what came before
    open_page(browser, reports / page)
    assert browser.get_log("browser") == []
    sent = [
        e["message"] for e in browser.get_log("performance") if "Network.requestWillBeSent" in e["message"]
    ]
    assert [m for m in sent if '"url":"http' in m or '"url":"ws' in m] == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_overflows(browser, reports, page, width):
    open_page(browser, reports / page, width)
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    # A table may be scrolled inside its own frame, nothing else may stick out.
    sticking_out = browser.execute_script(
        "return [...document.body.querySelectorAll('*')]"
        ".filter(e => !e.closest('.scroll') && !e.closest('svg') && e.getBoundingClientRect().right > arguments[0])"
        ".map(e => e.outerHTML.slice(0, 80))",
        width,
    )
    assert sticking_out == []


def test_chart_text_stays_inside_its_chart(browser, reports):
    open_page(browser, reports / "2026-09/index.html", 360)
    outside = browser.execute_script(
        "return [...document.querySelectorAll('figure svg text')].filter(t => {"
        "const a = t.getBoundingClientRect(), b = t.closest('svg').getBoundingClientRect();"
        "return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1 || a.bottom > b.bottom + 1;"
        "}).map(t => t.textContent)"
    )
    assert outside == []


def luminance(colour):
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser, reports, scheme):
    """WCAG 2.2, success criteria 1.4.3 and 1.4.11, for the colours that page and charts are drawn in."""
    open_page(browser, reports / "2026-09/index.html", scheme=scheme)
    script = "return getComputedStyle(document.documentElement).getPropertyValue(arguments[0]).trim()"
    colour = {n: browser.execute_script(script, n) for n in [*CONTRASTS, "--paper", "--panel"]}
    assert (luminance(colour["--paper"]) > 0.5) == (scheme == "light")
    for name, least in CONTRASTS.items():
        for ground in ("--paper", "--panel"):
            light, dark = sorted((luminance(colour[name]), luminance(colour[ground])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= least, (name, ground)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_accessibility(browser, reports, page, width, scheme):
    if not AXE.is_file():
        pytest.skip(f"no axe-core at {AXE}: npm pack axe-core, and set AXE_CORE to its axe.min.js")
    open_page(browser, reports / page, width, scheme)
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    # By devtools: the page's own policy, rightly, lets no script run.
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = browser.execute_cdp_cmd(
        "Runtime.evaluate",
        {
            "expression": "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))",
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    assert found["result"]["value"] == []


def test_it_prints_on_a4(browser, reports):
    open_page(browser, reports / "2026-09/index.html")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = browser.execute_script(
        "return [...document.querySelectorAll('details table')].filter(t => t.offsetHeight === 0).length"
    )
    assert hidden == 0
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    pdf = base64.b64decode(printed["data"])
    width, height = map(float, re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf).groups())
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)


def test_no_chart_or_table_is_split_between_printed_pages(browser, reports):
    open_page(browser, reports / "2026-09/index.html")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    splittable = browser.execute_script(
        "return [...document.querySelectorAll('figure, .scroll table')]"
        ".filter(e => !e.closest('.long') && getComputedStyle(e).breakInside !== 'avoid')"
        ".map(e => e.outerHTML.slice(0, 80))"
    )
    assert splittable == []
