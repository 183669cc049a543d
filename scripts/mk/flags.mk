# SPDX-License-Identifier: ISC
# How the image is compiled and linked: what all images share; the platform's part says the rest.

# -iquote, not -I: <xen/...> are Xen's public headers, "xen/..." are ours.
cppflags := -iquote . -iquote include -iquote $(out)/include
cppflags += -include $(out)/include/generated/autoconf.h
cppflags += -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(out)=build
ifneq ($(APP_DIR),)
cppflags += -iquote $(APP_DIR) -ffile-prefix-map=$(abspath $(APP_DIR))=app
endif

warnings := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wvla

cflags := -std=gnu11 $(if $(CONFIG_OPTIMIZE_SPEED),-O2,-Oz) -g $(warnings)
cflags += -fno-pic -fno-pie -fno-common -fno-strict-aliasing -fno-omit-frame-pointer
# What -O2 aligns costs 3 % of an image and gains nothing measurable.
cflags += -falign-functions=1 -falign-loops=1
cflags += $(if $(findstring clang,$(CC)),,-falign-jumps=1 -falign-labels=1)
cflags += -ffunction-sections -fdata-sections -fstack-protector-strong

asflags := -D__ASSEMBLY__ -g

ldflags := -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noexecstack
app-cflags :=

include scripts/mk/flags-$(if $(CONFIG_PLATFORM_UNIX),unix,kernel).mk
