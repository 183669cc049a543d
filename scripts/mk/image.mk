# SPDX-License-Identifier: ISC
# From objects to mir-<app>.xen, .xen.debug and .xl.
#
# Linked twice: the first image gives the addresses of the functions, from which mksyms makes the
# table of names; in the second the table stands behind everything that it speaks of.

auto-conf := $(wildcard $(out)/include/config/auto.conf)
app := $(if $(auto-conf),$(shell sed -n 's/^CONFIG_APP_\([A-Z0-9_]*\)=y$$/\L\1/p' $(auto-conf)))
image := $(out)/mir-$(app).xen
kernel-path := $(or $(XL_KERNEL),$(image))

ifneq ($(auto-conf),)
ifneq ($(strip $(objs) $(ldflags)),$(file <$(out)/.objects))
$(file >$(out)/.objects,$(strip $(objs) $(ldflags)))
endif
endif
$(out)/.objects: ;

link-needs := $(objs) $(out)/.objects arch/x86_64/mir.lds $(newlib)/lib/libc.a
link = $(CC) $(ldflags) -o $@ $(filter %.o,$^) -Wl,--start-group $(ldlibs) -Wl,--end-group

all: $(image) $(out)/mir-$(app).xl
.PHONY: all

$(out)/first.S: scripts/mksyms $(out)/include/config/auto.conf
	$(Q)scripts/mksyms </dev/null >$@
$(out)/first.elf: $(link-needs) $(out)/first.o
	@$(say) LD $(@F)
	$(Q)$(link)
ifeq ($(CONFIG_SYMBOLS),y)
$(out)/symbols.S: $(out)/first.elf scripts/mksyms
	$(Q)nm $< | scripts/mksyms >$@
$(out)/symbols.o: $(out)/.flags
$(image).debug: $(link-needs) $(out)/symbols.o
	@$(say) LD $(@F)
	$(Q)$(link) -Wl,-Map=$(out)/mir-$(app).map
	$(Q)nm $@ | scripts/mksyms | cmp - $(out)/symbols.S
else
$(image).debug: $(link-needs) $(out)/first.o
	@$(say) LD $(@F)
	$(Q)$(link) -Wl,-Map=$(out)/mir-$(app).map
endif

$(image): $(image).debug
	@$(say) STRIP $(@F)
	$(Q)objcopy --strip-all $< $@

$(out)/mir-$(app).xl: scripts/xl-file $(out)/include/config/auto.conf $(out)/.xl-kernel
	@$(say) XL $(@F)
	$(Q)scripts/xl-file $(out)/include/config/auto.conf $(app) $(kernel-path) >$@
ifneq ($(auto-conf),)
ifneq ($(kernel-path),$(file <$(out)/.xl-kernel))
$(file >$(out)/.xl-kernel,$(kernel-path))
endif
endif
$(out)/.xl-kernel: ;

size: $(image)
	$(Q)scripts/size $(out)/mir-$(app).map $(image) $(out)
.PHONY: size
