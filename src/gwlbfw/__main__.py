"""`python -m gwlbfw`: the same as `gwlbfw`."""

from gwlbfw.cli.app import main

if __name__ == "__main__":
    main()
