# Every target sets up what it needs: a virtual environment in .venv, with the exact versions of requirements.txt.
.PHONY: lab hand-in demo test test-core test-lowest test-colab lessons teaching slides grade benchmark gallery site lock clean
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
VENV = .venv
REQUIREMENTS = requirements.txt
RUN = PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(VENV)/bin/python

lab: $(VENV)/ready            ## JupyterLab on notebooks/
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" JUPYTER_CONFIG_PATH="$(CURDIR)/.jupyter" $(VENV)/bin/jupyter lab --notebook-dir=notebooks

hand-in: $(VENV)/ready        ## notebooks/ to notebooks/hand-in.zip, for the teacher (ATTEMPTS=no: without the log of checks)
	@$(RUN) -m kws_helpers hand-in notebooks $(if $(filter no,$(ATTEMPTS)),--without-attempts)

demo: $(VENV)/ready           ## the main job: train, build, grade a sample class, write build/report/index.html
	@$(RUN) -m autograder demo

test: $(VENV)/ready           ## all tests
	$(RUN) -m ruff check .
	$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# What shows in a minute or two whether the course works with the versions installed: data, features against librosa,
# figures, every exercise with its right answers, notebooks byte for byte, and a small class graded from end to end.
CORE = tests/test_build.py tests/test_data.py tests/test_features.py tests/test_augment.py tests/test_widgets.py \
	tests/test_exercises.py tests/test_grade.py::test_lesson_with_models \
	tests/test_spotting.py::test_the_box_opens_in_this_keras_and_says_nothing_that_an_older_one_would_not_know

test-core: $(VENV)/ready      ## those tests; with another environment: make test-core VENV=folder PYTHON=python3.12
	$(RUN) -m pytest -n 2 $(CORE) -k "not mistake" -W default

test-lowest:                  ## those tests with the lowest versions that pyproject.toml allows
	$(MAKE) test-core VENV=build/lowest REQUIREMENTS=.ci/lowest.txt

# Not requirements.txt: in Colab the course has to do with what is there. Colab's Python is 3.12.
COLAB = build/colab
test-colab: $(VENV)/ready     ## lessons opened alone with the versions that Colab publishes: make test-colab PYTHON=python3.12
	"$(PYTHON)" -m venv --clear $(COLAB)
	$(COLAB)/bin/pip install --quiet --disable-pip-version-check -r .ci/colab.txt
	KWS_COLAB=$(CURDIR)/$(COLAB)/bin/python $(RUN) -m pytest -n 2 tests/test_hubs.py

lessons: $(VENV)/ready        ## autograder/lessons/ to notebooks/, solutions/ and nbgrader's course/
	$(RUN) -m autograder lessons
	$(RUN) -m tools.teaching

teaching: $(VENV)/ready       ## docs/teaching/: for each lesson what teachers need
	$(RUN) -m tools.teaching

slides: $(VENV)/ready         ## build/slides/: the figures and questions of each lesson
	$(RUN) -m tools.teaching slides

grade: $(VENV)/ready          ## make grade SUBMISSIONS=folder OUTPUT=folder
	@$(RUN) -m autograder grade "$(SUBMISSIONS)" --output "$(OUTPUT)"

benchmark: $(VENV)/ready      ## docs/results.md: speed as ratios, time and memory of the lessons, accuracies (REAL=folder: with real recordings)
	$(RUN) -m autograder benchmark $(if $(REAL),--real "$(REAL)")

gallery: $(VENV)/ready        ## docs/gallery/: pictures of the course in a browser, taken by the tests
	$(RUN) -m pytest -q tests/test_browser.py tests/test_lessons_in_browser.py tests/test_instructor.py
	$(RUN) -m tools.gallery

site: $(VENV)/ready           ## build/site/: the course as a web site (SITE_REPOSITORY=owner/name: with links to Binder, Colab and GitHub)
	@$(RUN) -m tools.site

# backports-strenum: pip refuses the version that uv takes, so each chooses its own.
LOCK = $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --extra test --no-header --no-annotate --upgrade --no-emit-package backports-strenum

lock: $(VENV)/ready           ## pyproject.toml to requirements.txt, and its lowest versions to .ci/lowest.txt
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) pyproject.toml --output-file .ci/lowest.txt --resolution lowest-direct --only-binary :all:

clean:
	rm -rf $(VENV) build course

# uv is fast, but does not read pip's settings; where only pip knows the way to a package index, pip does the work.
# A proxy's certificates are those of the system, which uv does not look at by itself.
export UV_SYSTEM_CERTS = 1
$(VENV)/ready: $(REQUIREMENTS) pyproject.toml .jupyter/ipython_kernel_config.py
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and none was found. Install one, or name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Setting up $(VENV) (once, a few minutes at most) …"
	@"$(PYTHON)" -m venv --clear $(VENV) || { echo "The venv module failed; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv
	@$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(VENV)/bin/python -r $(REQUIREMENTS) \
		|| { echo "uv could not do it; pip does, which takes a little longer …"; \
		     $(VENV)/bin/python -m pip install --quiet -r $(REQUIREMENTS); }
	@$(VENV)/bin/uv pip install --quiet --python $(VENV)/bin/python --no-deps --no-build-isolation --editable . \
		|| $(VENV)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@mkdir -p $(VENV)/etc/ipython && cp .jupyter/ipython_kernel_config.py $(VENV)/etc/ipython/
	@touch $@
