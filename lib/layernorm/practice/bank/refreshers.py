"""Items."""
ITEMS = []
