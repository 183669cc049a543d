# SPDX-License-Identifier: ISC
# How the image is compiled and linked.

newlib := $(shell scripts/newlib)
ifneq ($(.SHELLSTATUS),0)
$(error newlib is missing: see above)
endif

# -iquote, not -I: <xen/...> are Xen's public headers, "xen/..." are ours.
cppflags := -nostdinc -isystem $(shell $(CC) -print-file-name=include)
cppflags += -isystem $(newlib)/include -isystem $(newlib)/xen
cppflags += -U__linux__ -U__linux -Ulinux -U__gnu_linux__ -U__unix__ -U__unix -Uunix
cppflags += -iquote . -iquote include -iquote $(out)/include
cppflags += -include $(out)/include/generated/autoconf.h
cppflags += -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(out)=build
ifneq ($(APP_DIR),)
cppflags += -iquote $(APP_DIR) -ffile-prefix-map=$(abspath $(APP_DIR))=app
endif

warnings := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wvla
# clang's frames are somewhat larger than gcc's.
warnings += -Wframe-larger-than=$(if $(findstring clang,$(CC)),1280,1024)

cflags := -std=gnu11 $(if $(CONFIG_OPTIMIZE_SPEED),-O2,-Os) -g $(warnings)
cflags += -m64 -mcmodel=small -mno-red-zone -fno-pic -fno-pie
cflags += -ffunction-sections -fdata-sections -fno-common -fno-strict-aliasing
cflags += -fno-asynchronous-unwind-tables -fno-omit-frame-pointer
cflags += -fstack-protector-strong -mstack-protector-guard=global

# A PV guest's page fault on a stack that ran out can't be delivered, so applications check the
# stack's limit at each function's entry: __fentry__ in arch/x86_64.
app-cflags := -pg -mfentry

asflags := -D__ASSEMBLY__ -g

ldflags := -static -nostdlib -Wl,-T,arch/x86_64/mir.lds -Wl,--gc-sections
ldflags += -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack
ldlibs := $(newlib)/lib/libc.a $(newlib)/lib/libm.a $(shell gcc -print-libgcc-file-name)
