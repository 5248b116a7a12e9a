short_version = version = full_version = "@VERSION@"
git_revision = ""
release = True
