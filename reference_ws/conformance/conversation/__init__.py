"""Conversations as data: what client and application send each other, and its notation."""
