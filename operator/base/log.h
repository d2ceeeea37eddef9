/*
 * The log: one JSON object a line on stderr, each line one write(2). The text
 * is constant, facts are pairs. Only cli/, the worker, the watch and lease
 * threads and the server log; everything below returns its errors. A value of a Secret is
 * never a fact.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/attr.h"

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_JSON, LOG_TEXT };

struct kv {
	const char *key;
	enum { KV_END, KV_TEXT, KV_NUMBER } type;
	union {
		const char *text; /* NULL prints as "" */
		int64_t number;
	};
};
#define S(k, v) ((struct kv){ .key = (k), .type = KV_TEXT, .text = (v) })
#define N(k, v) \
	((struct kv){ .key = (k), .type = KV_NUMBER, .number = (int64_t)(v) })

/** Sets what is printed, and how, by all threads from now on. */
void log_setup(enum log_level least, enum log_format format);

bool log_enabled(enum log_level level);

/** Prints one line; kvs ends with KV_END. Any thread. */
void log_emit(enum log_level level, const char *msg, const struct kv *kvs);

#define LOG_AT_(level, msg, ...) \
	log_emit(level, msg,     \
		 (const struct kv[]){ __VA_ARGS__ __VA_OPT__(, ){ 0 } })
#define log_debug(msg, ...) LOG_AT_(LOG_DEBUG, msg, __VA_ARGS__)
#define log_info(msg, ...) LOG_AT_(LOG_INFO, msg, __VA_ARGS__)
#define log_warn(msg, ...) LOG_AT_(LOG_WARN, msg, __VA_ARGS__)
#define log_error(msg, ...) LOG_AT_(LOG_ERROR, msg, __VA_ARGS__)

#endif
