# SPDX-License-Identifier: ISC
# From objects to mir-<app>.xen, .xen.debug and .xl; of a Unix program to mir-<app>.
#
# Linked twice: the first image gives the addresses of the functions, from which mksyms makes the
# table of names; in the second the table stands behind everything that it speaks of.
# All that is made is named after the app, so one folder serves several of them in turn.

auto-conf := $(wildcard $(out)/include/config/auto.conf)
app := $(if $(auto-conf),$(shell sed -n 's/^CONFIG_APP_\([A-Z0-9_]*\)=y$$/\L\1/p' $(auto-conf)))
base := $(out)/mir-$(app)
image := $(base).xen
kernel-path := $(or $(XL_KERNEL),$(image))

all: $(if $(CONFIG_PLATFORM_UNIX),$(base),$(image) $(base).xl)
.PHONY: all

link-needs := $(objs) $(base).list $(ld-needs)
link = $(CC) $(ldflags) -Wl,-Map=$@.map -o $@ $(filter %.o,$^) -Wl,--start-group $(ldlibs) -Wl,--end-group

# The names of the objects, too, are something to be linked again for.
ifneq ($(auto-conf),)
ifneq ($(strip $(objs) $(ldflags) $(ldlibs)),$(file <$(base).list))
$(file >$(base).list,$(strip $(objs) $(ldflags) $(ldlibs)))
endif
ifneq ($(kernel-path),$(file <$(base).path))
$(file >$(base).path,$(kernel-path))
endif
endif
$(base).list $(base).path: ;

$(out)/no-names.S: scripts/mksyms
	$(Q)scripts/mksyms </dev/null >$@
$(base).first: $(link-needs) $(out)/no-names.o
	@$(say) LD $(@F)
	$(Q)$(link)
functions = nm -n $(1) | grep -i ' [tw] '
$(base).names.S: $(base).first scripts/mksyms
	$(Q)$(call functions,$<) >$(base).names
	$(Q)scripts/mksyms <$(base).names >$@
$(image).debug $(base): $(link-needs) $(if $(CONFIG_SYMBOLS),$(base).names.o,$(out)/no-names.o)
	@$(say) LD $(@F)
	$(Q)$(link)
	$(Q)$(if $(CONFIG_SYMBOLS),$(call functions,$@) | cmp - $(base).names)
$(image): $(image).debug scripts/pack
	@$(say) $(if $(CONFIG_PACKED),PACK,STRIP) $(@F)
	$(Q)$(if $(CONFIG_PACKED),scripts/pack,objcopy --strip-all) $< $@

$(base).xl: scripts/xl-file $(out)/include/config/auto.conf $(base).path
	@$(say) XL $(@F)
	$(Q)scripts/xl-file $(out)/include/config/auto.conf $(app) $(kernel-path) >$@

size: $(image)
	$(Q)scripts/size $(image).debug.map $(image) $(out)
.PHONY: size
