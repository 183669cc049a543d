# SPDX-License-Identifier: ISC
# The objects that the folders' fragments name, and how they are compiled.
#
# obj-y lists them; fast-y lists those of them that every packet passes through.
# A fragment may also hold rules; it uses $(out)/$(dir)/ for what it makes.  Objects are made from
# sources of the same name here, under $(out) (generated), or in APP_DIR.

objs :=
fast-objs :=
define read-folder
obj-y :=
fast-y :=
dir := $(1)
include $(or $(2),$(1))/Makefile
objs += $$(addprefix $(1)/,$$(obj-y))
fast-objs += $$(addprefix $(1)/,$$(fast-y))
endef
$(foreach d,$(folders),$(eval $(call read-folder,$d)))
ifneq ($(APP_DIR),)
$(eval $(call read-folder,outside,$(APP_DIR)))
endif
objs += main.o
objs := $(addprefix $(out)/,$(sort $(objs)))
obj-dirs := $(patsubst %/,%,$(sort $(dir $(objs))))

ifneq ($(CONFIG_OPTIMIZE_MIXED),y)
fast-objs :=
endif
$(addprefix $(out)/,$(fast-objs)): cflags += -O2
$(out)/app/%.o $(out)/outside/%.o $(out)/test/boot/%.o: cflags += $(app-cflags)

# What the command lines say is a file that objects depend on: changed flags rebuild them.
flags-text := $(shell $(CC) --version | head -n 1) $(cppflags) $(cflags) $(app-cflags) $(asflags) $(fast-objs)
ifneq ($(wildcard $(out)/include/config/auto.conf),)
ifneq ($(flags-text),$(file <$(out)/.flags))
$(file >$(out)/.flags,$(flags-text))
endif
endif
$(out)/.flags: ;

define cmd-cc
@$(say) CC $(patsubst $(out)/%,%,$<)
$(Q)$(CC) $(cppflags) $(cflags) -MMD -MP -MF $@.d -c -o $@ $<
$(Q)scripts/fixdep $@.d
endef
define cmd-as
@$(say) AS $(patsubst $(out)/%,%,$<)
$(Q)$(CC) $(cppflags) $(asflags) -MMD -MP -MF $@.d -c -o $@ $<
$(Q)scripts/fixdep $@.d
endef
needs := $(out)/.flags $(out)/include/config/auto.conf

$(out)/%.o: %.c $(out)/.flags | $(needs) $(obj-dirs)
	$(cmd-cc)
$(out)/%.o: %.S $(out)/.flags | $(needs) $(obj-dirs)
	$(cmd-as)
$(out)/%.o: $(out)/%.c $(out)/.flags | $(needs) $(obj-dirs)
	$(cmd-cc)
$(out)/%.o: $(out)/%.S $(out)/.flags | $(needs) $(obj-dirs)
	$(cmd-as)

# The wiring.  It stays as it is when a change of the configuration means nothing to it.
parts := $(wildcard $(addsuffix /parts,$(folders)) $(APP_DIR:%=%/parts))
compose = scripts/compose $(1) $(out)/include/config/auto.conf $(parts)
$(out)/.composed: scripts/compose $(parts) $(out)/include/config/auto.conf
	@$(say) COMPOSE main.c
	$(Q)$(call compose,main) >$@
	$(Q)cmp -s $@ $(out)/main.c || cp $@ $(out)/main.c
$(out)/main.c: $(out)/.composed
	$(Q)[ -e $@ ] || cp $< $@
describe: $(out)/include/config/auto.conf
	$(Q)$(call compose,text)
	$(Q)$(call compose,dot) | dot -Tsvg -o $(base).svg
	@echo "A picture of it: $(base:$(CURDIR)/%=%).svg"
.PHONY: describe

$(out)/outside/%.o: $(APP_DIR)/%.c $(out)/.flags | $(needs) $(obj-dirs)
	$(cmd-cc)
$(obj-dirs):
	@mkdir -p $@

-include $(wildcard $(addsuffix .d,$(objs)))
