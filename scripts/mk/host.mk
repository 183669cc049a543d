# SPDX-License-Identifier: ISC
# Host programs from the image's own sources: one program a file.  For test/*/Makefile, which set
#	tests		the files; each becomes a program
#	mirrored	a function: the module that a file is about, by its path
#	harness		what is linked into all of them
#	CC, sanitize, link-flags
#	out		the folder for what is made; out/config has the configuration
# and, where it differs from what is below: optimize, config-h, stand-ins, support
#
# What else a file needs it names in lines like
#	/* sources: net/tcp/options.c net/ipv4/[a-z]*.c */
# and libraries of the host in lines like
#	/* libs: -lz */
# kernel/, lib/ and test/unit/support/ are in an archive: they come in as they are called.

Q := $(if $(V),,@)
say = $(if $(V),:,printf '  %-8s %s\n')
MAKEFLAGS += --no-builtin-rules --no-builtin-variables
.SUFFIXES:
.DELETE_ON_ERROR:

# To count lines, they are left as they are written.
ifeq ($(COVERAGE),y)
sanitize += --coverage
optimize := -O0
endif

autoconf := $(out)/config/include/generated/autoconf.h
optimize ?= -O1
config-h ?= test/unit/support/config.h
flags := -std=gnu11 $(optimize) -mno-red-zone -g -Wall -Wextra -Werror -iquote . -iquote include
flags += $(sanitize) -fno-sanitize-recover=all -fno-omit-frame-pointer
flags += -fno-strict-aliasing -D_GNU_SOURCE -DTEST_TREE='"$(CURDIR)"'
flags += -include $(autoconf) -include $(config-h)

programs := $(tests:%.c=$(out)/%)
sources-of = $(wildcard $(call mirrored,$(1)) \
	$(shell sed -n 's|^/\* sources: *\(.*\) \*/$$|\1|p' $(1)))
libs-of = $(shell sed -n 's|^/\* libs: *\(.*\) \*/$$|\1|p' $(1))

stand-ins ?= boot console loop page panic pool random symbols newlib/%
support ?= $(wildcard test/unit/support/*.c)
common := $(support)
common += $(filter-out $(stand-ins:%=kernel/%.c),$(wildcard kernel/*.c))
common += $(filter-out lib/symbols.c,$(wildcard lib/*.c)) arch/x86_64/stack.c arch/x86_64/switch.S
common-objs := $(addprefix $(out)/,$(addsuffix .o,$(basename $(common))))

build: $(programs)
.PHONY: build

objects := $(common-objs) $(addprefix $(out)/,$(harness:.c=.o))
define program
objects += $(addprefix $(out)/,$(addsuffix .o,$(basename $(1) $(2))))
$(out)/$(basename $(1)): $(addprefix $(out)/,$(addsuffix .o,$(basename $(1) $(2))))
endef
$(foreach t,$(tests),$(eval $(call program,$t,$(sort $(call sources-of,$t)))))
$(programs): $(addprefix $(out)/,$(harness:.c=.o)) $(out)/common.a
	@$(say) LD $(@:$(out)/%=%)
	$(Q)$(CC) $(sanitize) $(link-flags) -o $@ $(filter %.o,$^) $(out)/common.a $(call libs-of,$(@:$(out)/%=%).c) -lm

$(out)/common.a: $(common-objs)
	$(Q)rm -f $@ && ar rcs $@ $^

$(out)/arch/x86_64/stack.o: flags += -Darch_stack_init=arch_stack_init_x86_64
$(out)/%.o: %.c $(autoconf) $(out)/.flags | $(sort $(dir $(objects)))
	@$(say) CC $<
	$(Q)$(CC) $(flags) -MMD -MP -MF $@.d -c -o $@ $<
$(out)/%.o: %.S | $(sort $(dir $(objects)))
	$(Q)$(CC) -MMD -MP -MF $@.d -c -o $@ $<
$(sort $(dir $(objects))):
	@mkdir -p $@

$(shell mkdir -p $(out))
ifneq ($(flags),$(file <$(out)/.flags))
$(file >$(out)/.flags,$(flags))
endif
$(out)/.flags: ;

-include $(wildcard $(addsuffix .d,$(objects)))
