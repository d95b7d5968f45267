"""What is raised when data cannot be made or divided as asked."""


class DataError(ValueError):
    """A data set that does not exist, or a size, noise or share that does not fit."""
