/* Compiler attributes and the two macros that make early returns safe. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#include <stddef.h>

#define MUST_USE __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* AUTO(thing_free) struct thing *t = NULL;  frees t when it leaves scope. */
#define AUTO(fn) __attribute__((cleanup(fn##_auto)))
#define DEFINE_AUTO(type, fn)                    \
	static inline void fn##_auto(type *slot) \
	{                                        \
		if (*slot)                       \
			fn(*slot);               \
	}

/* Moves a pointer out of a variable, leaving NULL behind. */
#define TAKE(var)                               \
	({                                      \
		__typeof__(var) taken_ = (var); \
		(var) = NULL;                   \
		taken_;                         \
	})

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Lock annotations: clang checks them with -Wthread-safety, gcc ignores them. */
#if defined(__clang__)
#define TSA(x) __attribute__((x))
#else
#define TSA(x)
#endif
#define LOCK_TYPE TSA(capability("mutex"))
#define ACQUIRES(lock) TSA(acquire_capability(lock))
#define RELEASES(lock) TSA(release_capability(lock))
#define NEEDS(lock) TSA(requires_capability(lock))
#define NO_LOCK_CHECK TSA(no_thread_safety_analysis)

#endif
