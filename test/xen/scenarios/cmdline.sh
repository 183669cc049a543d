# SPDX-License-Identifier: ISC
# What is wrong on the command line is named on the console.
names() {
	create "$1" www "extra=\"$2\"" "$(vif 15)" && wait_console "$1" "$3"
}
check "an unknown key is named" key names key "ip=10.0.0.15/24 bogus_key=1" "bogus_key"
check "a bad address is named" value names value "ip=10.0.0.300/24" "10\.0\.0\.300/24.*key .?ip"
check "a bad gateway is named" gateway names gateway "ip=10.0.0.15/24 gw=10.0.x" "10\.0\.x.*key .?gw"
check "a bad log level is named" level names level "loglevel=loud" "loud.*key .?loglevel"
