# SPDX-License-Identifier: ISC
# Running what was built, cleaning up, and help.

ifeq ($(goals-build),y)
run: all
	@$(if $(CONFIG_PLATFORM_UNIX),$(base),scripts/run-qemu $(image))
run-xen: all
	@scripts/run-xen $(image) $(base).xl
endif

# Only a folder that is an output folder, and not the configuration in it.
clean:
	@[ ! -d $(out)/include/config ] || \
		find $(out) -mindepth 1 -maxdepth 1 ! -name .config -exec rm -rf {} +

help:
	@cat scripts/mk/help

.PHONY: run run-xen clean help
