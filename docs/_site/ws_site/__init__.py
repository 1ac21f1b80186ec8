"""What the site makes of the pages: conversations, levels, sources, tables."""
