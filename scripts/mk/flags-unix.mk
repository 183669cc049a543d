# SPDX-License-Identifier: ISC
# The Unix program: the host's C library.  Linked at a fixed address, as the kernel is, so that its
# table of function names holds.

cppflags += -D_GNU_SOURCE
comma := ,
sanitize := $(if $(CONFIG_UNIX_SANITIZE),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all)
# What they add to each access hides from gcc what was set: its manual says not to believe it then.
cflags += $(sanitize) $(if $(sanitize),-Wno-maybe-uninitialized)
ldflags += -no-pie $(sanitize)
# The folders name them.
ldlibs = $(sort $(unix-libs))
ld-needs :=
