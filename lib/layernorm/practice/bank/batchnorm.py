"""Items."""
ITEMS, ASKED, GATE = [], {}, ()
