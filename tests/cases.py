"""Thousands of small cases: in a test of its own each costs more than what it tries."""
import functools
import inspect


def together(names, cases):
    """As ``pytest.mark.parametrize``, but in one test: every case is tried and each that fails named, the first with their tracebacks."""
    names = names.split(", ")

    def over(test):
        @functools.wraps(test)
        def all_of_them(**fixtures):
            failed = []
            for case in cases:
                try:
                    test(**fixtures, **dict(zip(names, case, strict=True)))
                except Exception as error:
                    error.add_note(f"in the case {named(case)}")
                    failed.append((named(case), error))
            if failed:
                names_of_them, errors = zip(*failed)
                raise ExceptionGroup("\n".join((f"{len(failed)} of {len(cases)} cases fail:", *names_of_them)), errors)
        given = inspect.signature(test)
        all_of_them.__signature__ = given.replace(parameters=[each for name, each in given.parameters.items() if name not in names])
        return all_of_them
    return over


def named(case):
    return ", ".join(getattr(value, "__name__", None) or repr(value) for value in case)
