# SPDX-License-Identifier: ISC
# The objects that the folders' fragments name, and how they are compiled.
#
# A fragment may also hold rules; it uses $(out)/$(dir)/ for what it makes.  Objects are made from
# sources of the same name here, under $(out) (generated), or in APP_DIR.

objs :=
define read-folder
obj-y :=
dir := $(1)
-include $(or $(2),$(1))/Makefile
objs += $$(addprefix $(1)/,$$(obj-y))
endef
$(foreach d,$(folders),$(eval $(call read-folder,$d)))
ifneq ($(APP_DIR),)
$(eval $(call read-folder,outside,$(APP_DIR)))
endif
objs := $(addprefix $(out)/,$(sort $(objs)))
obj-dirs := $(patsubst %/,%,$(sort $(dir $(objs))))

$(out)/app/%.o $(out)/outside/%.o $(out)/test/boot/%.o: cflags += $(app-cflags)

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
$(out)/outside/%.o: $(APP_DIR)/%.c $(out)/.flags | $(needs) $(obj-dirs)
	$(cmd-cc)
$(obj-dirs):
	@mkdir -p $@

-include $(wildcard $(addsuffix .d,$(objs)))
