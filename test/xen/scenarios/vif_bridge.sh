# SPDX-License-Identifier: ISC
# The .xl file to the letter: not even the vif's hotplug script is another than Xen's own.
mac_of_letter() {
	xenstore-read "/local/domain/$(xl domid letter)/device/vif/0/mac"
}
address() {
	lease_of "$(mac_of_letter)"
}
start letter www || exit 0
check "boot by mir-www.xl with Xen's own vif script" letter until_true 60 address
check "www answers there" letter until_true 60 serves "$(address)"
destroy letter
