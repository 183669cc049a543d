# SPDX-License-Identifier: ISC
# Configuration: which goals need one, how .config comes to be, and auto.conf, which make reads.
#
# kconfig-conf works in the output folder, where it keeps .config, and finds the Kconfig files by
# srctree.  It writes a file include/config/... for each symbol that changed: what mentions a
# CONFIG_ symbol depends on that file (scripts/fixdep), so a change rebuilds only its users.

goals-config := menuconfig oldconfig olddefconfig savedefconfig allyesconfig allnoconfig randconfig
config-goals := $(filter $(goals-config) %_defconfig,$(goals))
build-goals := $(filter all size describe run run-xen,$(goals))
goals-build := $(if $(build-goals),y)

# "make hello_defconfig all": one goal after the other, each with a configuration of its own.
ifneq ($(and $(config-goals),$(filter-out $(config-goals),$(goals))),)
goals-build :=
.PHONY: $(goals) one-by-one
$(goals): one-by-one ;
one-by-one:
	$(Q)for g in $(goals); do $(MAKE) --no-print-directory "$$g" || exit; done
else

# What an application outside the tree adds: its place in the choice of applications, and options.
export APP_KCONFIG := $(abspath $(or $(wildcard $(APP_DIR:%=%/Kconfig)),scripts/mk/Kconfig.none))
export APP_OPTIONS := $(abspath $(or $(wildcard $(APP_DIR:%=%/Kconfig.options)),scripts/mk/Kconfig.none))
export srctree := $(CURDIR)
kconfigs := Kconfig Kconfig.parts $(APP_KCONFIG) $(APP_OPTIONS) $(wildcard scripts/mk/Kconfig.* $(addsuffix /Kconfig*,$(sort $(folders) $(dir $(folders)))))
kconfig = cd $(out) && kconfig-$(1) $(2) Kconfig
kconfig-dirs = mkdir -p $(out)/include/config $(out)/include/generated
default-config := $(firstword $(wildcard $(APP_DIR:%=%/defconfig)) $(filter-out %_unix_defconfig,$(wildcard $(APP_DIR:%=%/*_defconfig))) configs/www_defconfig)

$(out)/.config:
	@$(kconfig-dirs)
	@echo "No configuration yet: using $(default-config)"
	@$(call kconfig,conf,--defconfig=$(abspath $(default-config))) </dev/null >/dev/null

$(out)/include/config/auto.conf: $(out)/.config $(kconfigs)
	@$(kconfig-dirs)
	@$(call kconfig,conf,--olddefconfig) </dev/null >/dev/null
	@$(call kconfig,conf,--silentoldconfig) </dev/null >/dev/null
	@touch $@

ifeq ($(goals-build),y)
include $(out)/include/config/auto.conf
endif

menuconfig:
	@$(kconfig-dirs)
	@$(call kconfig,mconf,)
oldconfig:
	@$(kconfig-dirs)
	@$(call kconfig,conf,--oldconfig)
olddefconfig allyesconfig allnoconfig randconfig:
	@$(kconfig-dirs)
	@$(call kconfig,conf,--$@) </dev/null >/dev/null
savedefconfig: $(out)/.config
	@$(call kconfig,conf,--savedefconfig=$(out)/defconfig) </dev/null >/dev/null
	@echo "Saved the minimal configuration in $(O)/defconfig"
%_defconfig: configs/%_defconfig
	@$(kconfig-dirs)
	@$(call kconfig,conf,--defconfig=$(abspath $<)) </dev/null >/dev/null
	@echo "$(O)/.config is now $<"
ifneq ($(APP_DIR),)
%_defconfig: $(APP_DIR)/%_defconfig
	@$(kconfig-dirs)
	@$(call kconfig,conf,--defconfig=$(abspath $<)) </dev/null >/dev/null
	@echo "$(O)/.config is now $<"
$(APP_DIR)/%_defconfig: ;
endif
configs/%_defconfig: ;
.PHONY: $(goals-config)
endif
