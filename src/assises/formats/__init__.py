"""Other people's files, in and out.

Promises: what was read can be written back row for row; signs and units are converted here and
nowhere else. May not import engines, look or anything above; never imports Django.
"""
