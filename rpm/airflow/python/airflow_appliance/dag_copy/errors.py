"""The ways in which a question to S3 is not answered as hoped."""


class CannotCopy(Exception):
    """The copy ends without a file; the text is for the person who reads the task's log."""


class NoFile(CannotCopy):
    """One object cannot be copied, others may lack something too: what is wrong with it, and what to do."""

    def __init__(self, problem: str, advice: str):
        super().__init__(f"{problem}; {advice}")
        self.problem, self.advice = problem, advice


class Away(Exception):
    """S3 gave no usable answer; the same question may be answered later."""


class Changed(Exception):
    """An object is no longer what was listed."""
