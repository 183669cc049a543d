/* SPDX-License-Identifier: ISC */
/* The small formatter: integers, characters and strings, nothing that needs memory. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "mir/format.h"

struct out {
	char *to;
	size_t size;			/* Of 'to', with the ending 0. */
	size_t len;			/* Of the whole text. */
};

struct spec {
	bool left, zero, plus, space, alt;
	int width, precision;		/* precision -1: none given. */
	unsigned bytes;			/* Size of the integer argument. */
};

static void
put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->to[o->len] = c;
	o->len++;
}

static void
pad(struct out *o, char c, int count)
{
	while (count-- > 0)
		put(o, c);
}

static void
put_text(struct out *o, const struct spec *s, const char *text)
{
	size_t max = s->precision < 0 ? SIZE_MAX : (size_t)s->precision, n = 0;

	if (!text)
		text = "(null)";
	while (n < max && text[n])
		n++;
	if (!s->left)
		pad(o, ' ', s->width - (int)n);
	for (size_t i = 0; i < n; i++)
		put(o, text[i]);
	if (s->left)
		pad(o, ' ', s->width - (int)n);
}

/* 'prefix' is the sign or 0x, which zeros are put behind. */
static void
put_number(struct out *o, const struct spec *s, uint64_t n, unsigned base, bool upper,
	   const char *prefix)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[24];
	int len = 0, zeros, total;

	for (; n || (len == 0 && s->precision != 0); n /= base)
		text[len++] = digits[n % base];
	zeros = s->precision - len > 0 ? s->precision - len : 0;
	total = len + zeros + (int)strlen(prefix);
	if (s->zero && !s->left && s->precision < 0 && s->width > total) {
		zeros = s->width - total;
		total = s->width;
	}
	if (!s->left)
		pad(o, ' ', s->width - total);
	while (*prefix)
		put(o, *prefix++);
	pad(o, '0', zeros);
	while (len)
		put(o, text[--len]);
	if (s->left)
		pad(o, ' ', s->width - total);
}

static const char *
parse_flags(const char *f, struct spec *s)
{
	for (;; f++) {
		if (*f == '-')
			s->left = true;
		else if (*f == '0')
			s->zero = true;
		else if (*f == '+')
			s->plus = true;
		else if (*f == ' ')
			s->space = true;
		else if (*f == '#')
			s->alt = true;
		else
			return f;
	}
}

static const char *
parse_size(const char *f, struct spec *s)
{
	s->bytes = sizeof(int);
	if (*f == 'h') {
		s->bytes = *++f == 'h' ? 1 : 2;
		return f + (s->bytes == 1);
	}
	if (*f == 'l' || *f == 'z' || *f == 'j' || *f == 't') {
		s->bytes = 8;
		return f + (f[0] == 'l' && f[1] == 'l' ? 2 : 1);
	}
	return f;
}

static uint64_t
narrow_unsigned(uint64_t n, unsigned bytes)
{
	return bytes >= 8 ? n : n & ((1ull << (bytes * 8)) - 1);
}

static int64_t
narrow_signed(uint64_t n, unsigned bytes)
{
	unsigned shift = 64 - bytes * 8;

	return (int64_t)(n << shift) >> shift;
}

static void
put_signed(struct out *o, const struct spec *s, int64_t n)
{
	put_number(o, s, n < 0 ? -(uint64_t)n : (uint64_t)n, 10, false,
		   n < 0 ? "-" : s->plus ? "+" : s->space ? " " : "");
}

/* One conversion; 'raw' is the integer argument where the conversion takes one. */
static void
convert_integer(struct out *o, const struct spec *s, char conv, uint64_t raw)
{
	uint64_t n = narrow_unsigned(raw, s->bytes);

	if (conv == 'd' || conv == 'i')
		put_signed(o, s, narrow_signed(raw, s->bytes));
	else if (conv == 'u')
		put_number(o, s, n, 10, false, "");
	else
		put_number(o, s, n, 16, conv == 'X',
			   !s->alt || !n ? "" : conv == 'X' ? "0X" : "0x");
}

static const char *
parse_number(const char *f, int *n, bool star, int arg)
{
	if (star) {
		*n = arg;
		return f + 1;
	}
	for (*n = 0; *f >= '0' && *f <= '9'; f++)
		if (*n < 10000)
			*n = *n * 10 + (*f - '0');
	return f;
}

int
mir_vsnprintf(char *to, size_t size, const char *fmt, va_list ap)
{
	struct out o = { to, size, 0 };
	struct spec s;
	char c[2] = "";

	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		s = (struct spec){ .precision = -1 };
		fmt = parse_flags(fmt + 1, &s);
		fmt = parse_number(fmt, &s.width, *fmt == '*', *fmt == '*' ? va_arg(ap, int) : 0);
		if (s.width < 0) {
			s.left = true;
			s.width = -s.width;
		}
		if (*fmt == '.') {
			fmt++;
			fmt = parse_number(fmt, &s.precision, *fmt == '*',
					   *fmt == '*' ? va_arg(ap, int) : 0);
		}
		fmt = parse_size(fmt, &s);
		switch (*fmt) {
		case 'd': case 'i': case 'u': case 'x': case 'X':
			convert_integer(&o, &s, *fmt,
					s.bytes == 8 ? va_arg(ap, uint64_t) : va_arg(ap, unsigned));
			break;
		case 'p':
			put_number(&o, &s, (uintptr_t)va_arg(ap, void *), 16, false, "0x");
			break;
		case 's':
			put_text(&o, &s, va_arg(ap, const char *));
			break;
		case 'c':
			c[0] = (char)va_arg(ap, int);
			put_text(&o, &s, c);
			break;
		case '%':
			put(&o, '%');
			break;
		default:
			put(&o, '?');
			if (!*fmt)
				fmt--;
		}
	}
	if (size)
		to[o.len < size ? o.len : size - 1] = '\0';
	return (int)o.len;
}

int
mir_snprintf(char *to, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = mir_vsnprintf(to, size, fmt, ap);
	va_end(ap);
	return n;
}
