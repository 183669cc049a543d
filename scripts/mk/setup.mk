# SPDX-License-Identifier: ISC
# Before anything else: the Debian packages that the goals need.  Quick when all are there.

purpose-of-run := run
purpose-of-run-xen := xen
purpose-of-check-qemu := run
purpose-of-check-app := run
purpose-of-check-xen := xen
purpose-of-describe := describe
purpose-of-bench := bench
purpose-of-coverage := check
purpose-of-bench-seams := check
purpose-of-bench-lwip := check
purpose-of-setup := check bench
needs-no-setup := help clean
purposes := $(sort $(foreach g,$(filter-out $(needs-no-setup),$(goals)),$(or $(purpose-of-$g),$(if $(filter check%,$g),check,build))))

ifeq ($(MAKELEVEL)$(MAKE_RESTARTS),0)
ifneq ($(purposes),)
setup-said := $(shell scripts/setup $(purposes) >&2)
ifneq ($(.SHELLSTATUS),0)
$(error packages are missing: see above)
endif
endif
endif

setup:
	@echo "All Debian packages that Mir needs are there: scripts/setup --list names them."
.PHONY: setup
