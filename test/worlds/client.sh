#!/bin/sh
# SPDX-License-Identifier: ISC
# Asks a server of test/worlds/content all that a client may ask, and prints what it answers, in a
# form that is the same for the same answers: status line, fields without Date, size and hash of
# the body.
#
#	test/worlds/client.sh http://HOST[:PORT]
#
# An answer that is not what the question wants is marked with a line "!!"; the last line is "end".
# For any POSIX shell, busybox's too, with curl.
set -u
url=${1%/}
case ${url#*://} in
*:*) ;;
*) url=$url:80 ;;			# Gopher, which sends any bytes, has another one.
esac
raw=gopher${url#http}/_
temp=$(mktemp -d) || exit 2
trap 'rm -rf "$temp"' EXIT
cr=$(printf '\r')

# The questions are collected first, in files that curl reads, and asked by as few programs as can
# be: in an emulated machine a program's start costs more than a request.
: >"$temp/asks"
: >"$temp/ask.plan"
: >"$temp/tells"
: >"$temp/tell.plan"
count=0 told=0

# setting NAME VALUE: a line for curl.
setting() {
	rest=$2 value=
	while case $rest in *\"*) ;; *) false ;; esac; do
		value=$value${rest%%\"*}\\\" rest=${rest#*\"}
	done
	printf '%s = "%s"\n' "$1" "$value$rest"
}

# ask NAME STATUS PATH [-H FIELD | -I | -X METHOD | -d BODY | --http1.0]...
ask() {
	count=$((count + 1))
	name=$1 status=$2 path=$3
	shift 3
	printf '%s\n' "$status $name: $path $*" >>"$temp/ask.plan"
	{
		[ $count = 1 ] || echo next
		setting url "$url$path"
		setting dump-header "$temp/head.$count"
		setting output "$temp/body.$count"
		setting write-out '%{exitcode} %{size_download}\n'
		while [ $# -gt 0 ]; do
			case $1 in
			-H) setting header "$2" && shift ;;
			-X) setting request "$2" && shift ;;
			-d) setting data "$2" && shift ;;
			-*) echo "${1#-}" | sed 's/^-//; s/^I$/head/' ;;
			esac
			shift
		done
		printf '%s\n' path-as-is 'max-time = 60'
	} >>"$temp/asks"
	: >"$temp/head.$count"
	: >"$temp/body.$count"
}

# tell NAME STATUSES BYTES: the bytes, %XX-encoded, as they are; the server has to end the
# connection.  STATUSES are those of all answers, in order.
tell() {
	told=$((told + 1))
	printf '%s\n' "$2:$1" >>"$temp/tell.plan"
	{
		[ $told = 1 ] || echo next
		setting url "$raw$3"
		setting output "$temp/raw.$told"
		setting write-out '%{exitcode}\n'
		echo 'max-time = 60'
	} >>"$temp/tells"
	: >"$temp/raw.$told"
}

# Prints a head, or whole answers, without Date; their statuses go to $got.
show() {
	got=
	while IFS= read -r line || [ -n "$line" ]; do
		line=${line%"$cr"}
		case $line in
		Date:*) continue ;;
		*HTTP/1.1\ *) rest=${line#*HTTP/1.1 } && got="$got${rest%% *} " ;;
		esac
		printf '%s\n' "$line"
	done <"$1"
}

answers_to_asks() {
	count=0
	while read -r status name <&3; do
		count=$((count + 1))
		read -r code size <&4 || code='nothing to say'
		read -r hash _ <&5
		echo "== $name"
		show "$temp/head.$count"
		case $name in
		*" -I"*) ;;
		*) echo "body: $size bytes, $hash" ;;
		esac
		[ "$code" = 0 ] || echo "!! curl ended with $code"
		[ "$got" = "$status " ] || echo "!! want status $status"
	done 3<"$temp/ask.plan" 4<"$temp/ask.said" 5<"$temp/ask.sums"
}

answers_to_tells() {
	count=0
	while IFS=: read -r statuses name <&3; do
		count=$((count + 1))
		read -r code <&4 || code='nothing to say'
		echo "== $name"
		show "$temp/raw.$count"
		[ "$code" = 0 ] || echo "!! curl ended with $code"
		[ "$got" = "$statuses " ] || echo "!! want answers: $statuses"
	done 3<"$temp/tell.plan" 4<"$temp/tell.said"
}

# The lines "GET / HTTP/1.1" and so on, each ended by CR LF, as %XX-encoded bytes.
lines() {
	printf '%s\n' "$@" | sed 's/%/%25/g; s/ /%20/g; s/?/%3F/g; s/#/%23/g; s/$/%0D%0A/' | tr -d '\n'
}

tries=1000
until curl -s --max-time 2 -o /dev/null "$url/"; do
	tries=$((tries - 1))
	[ $tries -gt 0 ] || { echo "!! no answer from $url"; exit 1; }
	sleep 0.1
done

ask "index page" 200 /
ask "the same by name" 200 /index.html
ask "only the head" 200 / -I
ask "compressed" 200 / -H 'Accept-Encoding: gzip'
ask "head of compressed" 200 / -I -H 'Accept-Encoding: br, gzip;q=0.5'
ask "compressed not wanted" 200 / -H 'Accept-Encoding: gzip;q=0'
ask "not worth compressing" 200 /digits.txt -H 'Accept-Encoding: gzip'
ask "style sheet, anything" 200 /style.css -H 'Accept-Encoding: *'
ask "binary" 200 /data.bin -H 'Accept-Encoding: gzip'
ask "picture" 200 /picture.png
ask "empty" 200 /empty
ask "empty, range" 416 /empty -H 'Range: bytes=0-'
ask "large" 200 /large.txt
ask "large, compressed" 200 /large.txt -H 'Accept-Encoding: gzip'
ask "query is ignored" 200 '/digits.txt?a=b&c=/x'
ask "escapes" 200 '/docs/a%20b/%C3%A4+%25.json'
ask "needless escapes" 200 '/%64igits%2Etxt'
ask "folder" 200 /docs/
ask "folder without slash" 301 /docs
ask "folder without page" 404 '/docs/a%20b/'
ask "not there" 404 /nothing
ask "not there, head" 404 /nothing -I
ask "below a file" 404 /digits.txt/x
ask "a file as a folder" 404 /digits.txt/
ask "hidden" 404 /.secret
ask "hidden folder" 404 /.hidden/secret
ask "dots" 400 /docs/../../etc/passwd
ask "dots to a file" 400 /docs/../digits.txt
ask "escaped dots" 400 '/%2e%2e/%2e%2e/etc/passwd'
ask "escaped slash" 200 '/docs%2Findex.html'
ask "two slashes" 404 //digits.txt
ask "case" 404 /Digits.txt
ask "control character" 400 '/a%01b'
ask "zero byte" 400 '/digits.txt%00.html'
ask "bad escape" 400 '/a%zz'

ask "first bytes" 206 /digits.txt -H 'Range: bytes=0-2'
ask "middle" 206 /data.bin -H 'Range: bytes=4095-70000'
ask "from" 206 /data.bin -H 'Range: bytes=1048570-'
ask "last" 206 /data.bin -H 'Range: bytes=-10'
ask "beyond the end" 206 /digits.txt -H 'Range: bytes=5-99'
ask "more than all" 206 /digits.txt -H 'Range: bytes=-99'
ask "none of it" 416 /digits.txt -H 'Range: bytes=9-'
ask "backwards" 200 /digits.txt -H 'Range: bytes=5-2'
ask "other unit" 200 /digits.txt -H 'Range: lines=1-2'
ask "several" 200 /digits.txt -H 'Range: bytes=0-1,3-4'
ask "range and gzip" 206 / -H 'Range: bytes=0-99' -H 'Accept-Encoding: gzip'

curl -sS -I "$url/digits.txt" >"$temp/known"
etag=$(sed -n "s/$cr\$//; s/^ETag: //p" "$temp/known")
date=$(sed -n "s/$cr\$//; s/^Last-Modified: //p" "$temp/known")
[ -n "$etag" ] && [ -n "$date" ] || echo "!! no ETag, no Last-Modified"
ask "have it" 304 /digits.txt -H "If-None-Match: $etag"
ask "have one of them" 304 /digits.txt -H "If-None-Match: \"x\", W/$etag"
ask "have any" 304 /digits.txt -H 'If-None-Match: *'
ask "have another" 200 /digits.txt -H 'If-None-Match: "0123456789abcdef0123"'
ask "since then" 304 /digits.txt -H "If-Modified-Since: $date"
ask "since long ago" 200 /digits.txt -H 'If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT'
ask "since a bad date" 200 /digits.txt -H 'If-Modified-Since: yesterday'
ask "other tag, same date" 200 /digits.txt -H 'If-None-Match: "x"' -H "If-Modified-Since: $date"
ask "if it is the same" 200 /digits.txt -H "If-Match: $etag"
ask "if it is another" 412 /digits.txt -H 'If-Match: "x"'
ask "unless changed" 412 /digits.txt -H 'If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT'
ask "range if the same" 206 /digits.txt -H 'Range: bytes=1-2' -H "If-Range: $etag"
ask "range if another" 200 /digits.txt -H 'Range: bytes=1-2' -H 'If-Range: "x"'

ask "post" 405 /digits.txt -X POST -d 'a=b'
ask "put" 405 /digits.txt -X PUT -d 'a=b'
ask "options" 405 /digits.txt -X OPTIONS
ask "unknown method" 501 /digits.txt -X BREW
ask "HTTP/1.0" 200 /digits.txt --http1.0
ask "HTTP/1.0, kept" 200 /digits.txt --http1.0 -H 'Connection: keep-alive'
ask "closed" 200 /digits.txt -H 'Connection: close'
ask "awaited body" 405 /digits.txt -H 'Expect: 100-continue' -d 'a=b'

end='Connection: close'
tell "two in one go" "200 200" \
	"$(lines 'GET /digits.txt HTTP/1.1' 'Host: a' '' 'GET /docs/ HTTP/1.1' 'Host: a' "$end" '')"
tell "five in one go" "200 404 304 206 405" \
	"$(lines 'HEAD / HTTP/1.1' 'Host: a' '' 'GET /no HTTP/1.1' 'Host: a' '' \
	'GET /empty HTTP/1.1' 'Host: a' 'If-None-Match: *' '' \
	'GET /digits.txt HTTP/1.1' 'Host: a' 'Range: bytes=-1' '' \
	'DELETE / HTTP/1.1' 'Host: a' "$end" '')"
tell "no host" 400 "$(lines 'GET / HTTP/1.1' '')"
tell "two hosts" 400 "$(lines 'GET / HTTP/1.1' 'Host: a' 'Host: b' '')"
tell "HTTP/1.0 without host" 200 "$(lines 'GET /digits.txt HTTP/1.0' '')"
tell "HTTP/2.0" 505 "$(lines 'GET / HTTP/2.0' 'Host: a' '')"
tell "no version" 400 "$(lines 'GET /')"
tell "no target" 400 "$(lines 'GET HTTP/1.1' 'Host: a' '')"
tell "nonsense" 400 "$(lines 'xyzzy' '')"
tell "space before the colon" 400 "$(lines 'GET / HTTP/1.1' 'Host : a' '')"
tell "folded line" 400 "$(lines 'GET / HTTP/1.1' 'Host: a' ' b' '')"
tell "bad length" 400 "$(lines 'POST / HTTP/1.1' 'Host: a' 'Content-Length: x' '')"
tell "two lengths" 400 \
	"$(lines 'POST / HTTP/1.1' 'Host: a' 'Content-Length: 1' 'Content-Length: 2' '')"
tell "length and chunks" 400 \
	"$(lines 'POST / HTTP/1.1' 'Host: a' 'Content-Length: 1' 'Transfer-Encoding: chunked' '')"
tell "absolute form" 200 "$(lines 'GET http://a/digits.txt HTTP/1.1' 'Host: a' "$end" '')"
tell "line feeds alone" 400 'GET%20/digits.txt%20HTTP/1.0%0A%0A'
long=$(printf '%04000d' 0)
tell "long target" 414 "$(lines "GET /$long$long$long HTTP/1.1" 'Host: a' '')"
tell "long field" 431 "$(lines 'GET / HTTP/1.1' 'Host: a' "X: $long$long$long" '')"
curl -sS -K "$temp/asks" >"$temp/ask.said" 2>"$temp/errors"
set --
while [ $# -lt "$(wc -l <"$temp/ask.plan")" ]; do
	set -- "$@" "$temp/body.$(($# + 1))"
done
sha256sum "$@" >"$temp/ask.sums"
curl -sS -K "$temp/tells" >"$temp/tell.said" 2>>"$temp/errors"
answers_to_asks
answers_to_tells
cat "$temp/errors"
echo end
