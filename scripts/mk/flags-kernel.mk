# SPDX-License-Identifier: ISC
# The kernel: newlib instead of the host's C library, no red zone, the kernel's own link script.

newlib := $(shell scripts/newlib)
ifneq ($(.SHELLSTATUS),0)
$(error newlib is missing: see above)
endif

cppflags += -nostdinc -isystem $(shell $(CC) -print-file-name=include)
cppflags += -isystem $(newlib)/include -isystem $(newlib)/xen
cppflags += -U__linux__ -U__linux -Ulinux -U__gnu_linux__ -U__unix__ -U__unix -Uunix

# clang's frames are somewhat larger than gcc's.
cflags += -Wframe-larger-than=$(if $(findstring clang,$(CC)),1280,1024)
cflags += -m64 -mcmodel=small -mno-red-zone -fno-asynchronous-unwind-tables
cflags += -mstack-protector-guard=global

# A PV guest's page fault on a stack that ran out can't be delivered, so applications check the
# stack's limit at each function's entry: __fentry__ in arch/x86_64.
app-cflags += -pg -mfentry

# Of baked content: arch/x86_64/mir.lds gives it pages of its own.
asflags += -DCONTENT_ALIGN=64

ldflags += -Wl,--defsym,image_packed=$(if $(CONFIG_PACKED),1,0)
ldflags += -static -nostdlib -Wl,-T,arch/x86_64/mir.lds -Wl,-z,max-page-size=16
ldlibs := $(newlib)/lib/libc.a $(newlib)/lib/libm.a $(shell gcc -print-libgcc-file-name)
ld-needs := arch/x86_64/mir.lds $(newlib)/lib/libc.a
