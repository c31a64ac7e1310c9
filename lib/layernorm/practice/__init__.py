"""What a learner practises: the concepts, the bank of items, and the checking of code."""
from .bank import ASKED, GATES, ITEMS, find, number, on_pages
from .check import Report, check
from .concepts import CONCEPTS, TIERS, Concept
from .forms import Bug, Choose, Code, Compute, Count, Explain, ItemError, Order, Predict
from .sections import PAGES, SECTIONS
from .words import fill

__all__ = ["ASKED", "CONCEPTS", "GATES", "ITEMS", "PAGES", "SECTIONS", "TIERS", "Bug", "Choose", "Code", "Compute", "Concept", "Count",
           "Explain", "ItemError", "Order", "Predict", "Report", "check", "fill", "find", "number", "on_pages"]
