"""What the site is made with: the pages, their results and their languages become HTML."""
