"""List faults that somebody may make in templates, and what lint says of each. Used by the test of lint."""

from ordercast.authoring.findings import Fault

LONG = "Thank you ever so much. " * 12

# The fault, the file, a text of it and what stands there instead ("" is the end), and what is said.
PLANTED = [
    (
        Fault.MISSING_VARIABLE,
        ("templates/confirmed/sv.toml", "{{ order.order_id }} är", "{{ order.ordr_id }} är"),
        "confirmed/sv.toml: cannot be rendered for a typical order: ",
    ),
    (
        Fault.UNESCAPED,
        ("templates/shipped/en.toml", "{{ order.shop }}", "{{ order.shop | safe }}"),
        "shipped/en.toml: lead: `| safe` lets a shop's text become HTML",
    ),
    (
        Fault.UNESCAPED,
        ("templates/layout/email.html", "{{ order.shop }}", "{{ order.shop|safe }}"),
        "layout/email.html: `|safe` lets a shop's text become HTML",
    ),
    (
        Fault.UNESCAPED,
        (
            "templates/layout/email.html",
            "{{ item }}",
            "{% filter safe %}{{ item }}{% endfilter %}",
        ),
        "layout/email.html: `filter safe` lets a shop's text become HTML",
    ),
    (
        Fault.UNESCAPED,
        (
            "templates/layout/email.html",
            "{{ item }}",
            "{% autoescape no %}{{ item }}{% endautoescape %}",
        ),
        "layout/email.html: `autoescape no` lets a shop's text become HTML",
    ),
    (
        Fault.UNESCAPED,
        ("templates/layout/email.html", "{{ item }}", "{{ [item|string] | map('safe') | join }}"),
        "templates/layout: <no-html> in an order's fields becomes HTML",
    ),
    (
        Fault.NO_TWIN,
        ("brands/nordic/email.html", "", '<p style="color: #000000">{{ words.heading }}</p>'),
        "brands/nordic/email.html: has no email.txt beside it",
    ),
    (
        Fault.NO_TWIN,
        ("templates/layout/email.txt", "{{ words.lead }}", ""),
        "layout/email.txt: has no place for words.lead, which email.html has",
    ),
    (
        Fault.NO_TWIN,
        ("templates/layout/email.txt", "{% if order.amount %}", "{% if not order.amount %}"),
        'layout/email.txt: lacks "SEK 1,179.90" of a typical order, which email.html shows',
    ),
    (
        Fault.NO_TWIN,
        ("templates/layout/email.txt", "in order.items", "in order.items[1:]"),
        'layout/email.txt: lacks "Rain jacket, dark green, size M" of a typical order, which',
    ),
    (
        Fault.UCS_2,
        ("templates/shipped/sv.toml", 'sms = "', 'sms = "\U0001f4e6 '),
        "shipped/sv.toml: sms: \U0001f4e6 (U+1F4E6) makes the text UCS-2",
    ),
    (
        Fault.TOO_LONG,
        ("templates/shipped/en.toml", 'sms = "', f'sms = "{LONG}'),
        "shipped/en.toml: sms: is 3 parts for a long order, more than 2 in GSM-7",
    ),
    (
        Fault.CUT,
        ("templates/layout/sms.txt", "{{ order.tracking_url }}", "{{ order.tracking_url[:40] }}"),
        "templates/layout: the link is not whole in the text message of a long order",
    ),
    (
        Fault.CUT,
        (
            "templates/shipped/en.toml",
            'sms = "Your order {{ order.order_id }}',
            'sms = "Your order {{ order.order_id[:8] }}',
        ),
        "shipped/en.toml: the order's id is not whole in the text message of a long order",
    ),
    (
        Fault.CUT,
        (
            "templates/shipped/en.toml",
            'sms = "Your order {{ order.order_id }}',
            'sms = "Your order {{ order.order_id | truncate(20) }}',
        ),
        "shipped/en.toml: the order's id is not whole in the text message of an unusual order",
    ),
    (
        Fault.CUT,
        ("templates/shipped/en.toml", "{{ order.order_id }}", "{{ order.order_id[-8:] }}"),
        "shipped/en.toml: the order's id is not whole in the e-mail's plain text of a long order",
    ),
    (
        Fault.CUT,
        ("templates/layout/email.html", "{{ words.lead }}", "{{ order.order_id[:8] }}"),
        "templates/layout: the order's id is not whole in the e-mail's HTML of a long order",
    ),
    (
        Fault.NO_ALT,
        ("templates/layout/email.html", "<h1", '<img src="https://example.com/a.png"><h1'),
        "layout/email.html: the picture https://example.com/a.png has no alt text",
    ),
    (
        Fault.NO_ALT,
        ("templates/layout/email.html", ' alt="{{ brand.logo.alt }}"', ""),
        "layout/email.html: the picture https://shop.example.com/logo.png has no alt text, for a brand with logo",
    ),
    (
        Fault.NO_TWIN,
        ("templates/layout/email.txt", "{% if brand.footer %}", "{% if not brand.footer %}"),
        'layout/email.txt: lacks "Example Tea & Coffee Ltd, 1 Example Street" of a typical order',
    ),
    (
        Fault.MISSING_VARIABLE,
        ("templates/layout/sv.toml", 'preferences = "', 'preferences = "{{ order.nmae }}'),
        "no attribute 'nmae', for a brand with every field, in sv",
    ),
    (
        Fault.MISSING_VARIABLE,
        (
            "templates/layout/email.txt",
            "{% if brand.footer %}",
            "{% if brand.footer %}{{ order.nmae }}",
        ),
        "for a brand with footer",
    ),
    (
        Fault.CONTRAST,
        ("brands/nordic/brand.toml", "", '\ncolours.accent = "#93c5fd"'),
        "brand.toml: colours.on_accent on accent: #ffffff on #93c5fd has a contrast of 1.8, below",
    ),
    (
        Fault.CONTRAST,
        ("brands/nordic/brand.toml", "", '\ndark.muted = "#444444"'),
        "brands/nordic/brand.toml: dark.muted on page: #444444 on #111827 has a contrast of 1.8",
    ),
    (
        Fault.CONTRAST,
        ("templates/layout/email.html", "{{ brand.colours.muted }}", "#bbbbbb"),
        "layout/email.html: #bbbbbb on #ffffff has a contrast of 1.9, below 4.5",
    ),
    (
        Fault.CONTRAST,
        ("templates/layout/email.html", "{{ brand.colours.card }}", "rgb(31, 41, 55)"),
        "layout/email.html: #1f2937 on #1f2937 has a contrast of 1.0, below 4.5",
    ),
    (
        Fault.CONTRAST,
        ("templates/layout/email.html", "color: {{ brand.colours.muted }}", "color: silver"),
        "layout/email.html: silver: write a colour as #c0c0c0, or its contrast is unknown",
    ),
    (
        Fault.CONTRAST,
        (
            "templates/layout/email.html",
            ".foot a { color: {{ brand.dark.muted }} !important",
            ".foot a { color: #444444 !important",
        ),
        "layout/email.html: #444444 on #1f2937 has a contrast of 1.5, below 4.5, on dark screens",
    ),
    # What no rule for dark screens names keeps its colour on them.
    (
        Fault.CONTRAST,
        ("templates/layout/email.html", '<p class="lead"', "<p"),
        "layout/email.html: #4b5563 on #1f2937 has a contrast of 1.9, below 4.5, on dark screens",
    ),
    # The style of an element goes before a rule that is not important.
    (
        Fault.CONTRAST,
        (
            "templates/layout/email.html",
            "h1, .item, .total { color: {{ brand.dark.text }} !important",
            "h1, .item, .total { color: {{ brand.dark.text }}",
        ),
        "layout/email.html: #1f2937 on #1f2937 has a contrast of 1.0, below 4.5, on dark screens",
    ),
    (
        Fault.UNTRANSLATED,
        ("templates/shipped/sv.toml", "Din beställning är på väg", "Your order is on its way"),
        "shipped/sv.toml: heading: is the same as in en: translate it",
    ),
    (
        Fault.UNTRANSLATED,
        ("templates/shipped/sv.toml", "Din beställning är på väg", "Your order is on its way!"),
        "shipped/sv.toml: heading: is nearly the same as in en: translate it",
    ),
    (
        Fault.UNTRANSLATED,
        ("brands/nordic/confirmed/sv.toml", "", 'heading = "Thank you for your order"'),
        "brands/nordic/confirmed/sv.toml: heading: is the same as in en",
    ),
    (
        Fault.HALF_A_LANGUAGE,
        ("templates/confirmed/fi.toml", "", 'sms = "Tilauksesi {{ order.order_id }} on saatu."'),
        "shipped/fi.toml: fi lacks everything: the file is missing",
    ),
    (
        Fault.HALF_A_LANGUAGE,
        ("templates/shipped/sv.toml", "button = ", "buton = "),
        "shipped/sv.toml: sv lacks button",
    ),
    (
        Fault.HALF_A_LANGUAGE,
        ("brands/nordic/packed/sv.toml", "lead = ", "# lead = "),
        "brands/nordic/packed/sv.toml: sv lacks lead",
    ),
    (
        Fault.HALF_A_LANGUAGE,
        ("brands/nordic/confirmed/fi.toml", "", 'heading = "Kiitos!"'),
        "brands/nordic/packed/fi.toml: fi lacks everything: the file is missing",
    ),
    (
        Fault.HALF_A_LANGUAGE,
        ("brands/nordic/brand.toml", "", '\nstatuses.sewn.send_within = "1 h"'),
        "brands/nordic/sewn/sv.toml: sv lacks everything: the file is missing",
    ),
    (
        Fault.UNKNOWN_WORDS,
        ("templates/shipped/en.toml", "button = ", "buton = "),
        "shipped/en.toml: buton: no message has a place for these words; the nearest is button",
    ),
    (
        Fault.UNKNOWN_WORDS,
        ("brands/nordic/confrimed/en.toml", "", 'heading = "Thanks"'),
        "brands/nordic/confrimed/en.toml: nothing reads it; the nearest template is confirmed",
    ),
    (
        Fault.UNKNOWN_WORDS,
        ("templates/sewn/en.toml", "", 'heading = "Sewn"'),
        "templates/sewn/en.toml: nothing reads it; the nearest template is shipped",
    ),
    (
        Fault.BROKEN,
        ("templates/shipped/en.toml", 'heading = "', "heading = "),
        "shipped/en.toml: is no TOML: ",
    ),
    (
        Fault.BROKEN,
        ("templates/shipped/en.toml", "{{ order.order_id }}", "{{ order.order_id }"),
        "shipped/en.toml: cannot be rendered for a typical order: ",
    ),
    (
        Fault.BROKEN,
        ("brands/nordic/packed/en.toml", 'button = "Track your parcel"', 'button = ""'),
        "brands/nordic/packed/en.toml: button: must be a text, and not empty",
    ),
]
