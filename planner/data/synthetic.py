SYNTHETIC_FILES = {}


def make_province_folder(size, seed, out):
    raise SystemExit
