"""``python -m assises``."""

from assises.site.cli import main

if __name__ == "__main__":
    main()
