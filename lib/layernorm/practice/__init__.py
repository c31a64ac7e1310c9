"""What a learner practises: so far the list of concepts and what each of them needs."""
from .concepts import CONCEPTS, TIERS, Concept

__all__ = ["CONCEPTS", "TIERS", "Concept"]
