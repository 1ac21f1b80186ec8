"""What MkDocs calls: the events of one `Website`, made anew whenever the settings are read."""

from __future__ import annotations

from website.plugin import Website

_website = Website()

# MkDocs takes the functions of this module whose names begin so.
globals().update({name: getattr(_website, name) for name in vars(Website) if name[:3] == "on_"})
