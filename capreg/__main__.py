"""Run capreg as `python -m capreg`."""

from capreg.cli.main import main

if __name__ == "__main__":
    main()
