"""``python -m assises``."""

from assises.fronts.cli import main

if __name__ == "__main__":
    main()
