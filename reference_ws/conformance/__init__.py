"""The judge: reads the documentation pages, runs their examples, reports."""
