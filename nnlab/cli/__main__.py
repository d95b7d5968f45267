"""`python -m nnlab.cli` is the command `nnlab`."""

from nnlab.cli.program import main

if __name__ == "__main__":
    main()
