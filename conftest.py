"""What every kernel and test inherits, so that outputs depend on the code alone."""
import os

from layernorm.site.notebooks import ENVIRONMENT

os.environ.update(ENVIRONMENT)
