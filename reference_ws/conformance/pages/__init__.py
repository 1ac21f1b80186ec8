"""Markdown pages, read into requirements and examples."""
