/* libcurl as Swift can call it: Swift sees no variadic C, so each kind of argument has a function of its own. */
#ifndef DAVIT_CCURL_SHIM_H
#define DAVIT_CCURL_SHIM_H

/* CURL * and CURLM * become two distinct types. */
#define CURL_STRICTER 1
#include <curl/curl.h>
/* What the loop sleeps on; Swift's own module of the C library leaves both out. */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <pthread.h>

typedef size_t (*davit_data_callback)(char *, size_t, size_t, void *);

static inline CURLcode davit_set_long(CURL *h, CURLoption o, long v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode davit_set_off(CURL *h, CURLoption o, curl_off_t v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode davit_set_text(CURL *h, CURLoption o, const char *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode davit_set_pointer(CURL *h, CURLoption o, void *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode davit_set_list(CURL *h, CURLoption o, struct curl_slist *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode davit_set_callback(CURL *h, CURLoption o, davit_data_callback v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode davit_copy_body(CURL *h, const void *v) { return curl_easy_setopt(h, CURLOPT_COPYPOSTFIELDS, v); }
static inline CURLMcode davit_multi_set_pointer(CURLM *m, CURLMoption o, void *v) { return curl_multi_setopt(m, o, v); }
static inline CURLMcode davit_multi_on_socket(CURLM *m, curl_socket_callback v) { return curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, v); }
static inline CURLMcode davit_multi_on_timer(CURLM *m, curl_multi_timer_callback v) { return curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, v); }
static inline CURLMcode davit_multi_set_long(CURLM *m, CURLMoption o, long v) { return curl_multi_setopt(m, o, v); }

/* CURLMsg holds a union, which Swift reads badly: the two fields that matter, flat. */
static inline int davit_next_done(CURLM *m, CURL **handle, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(m, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *handle = message->easy_handle;
            *result = message->data.result;
            return 1;
        }
    }
    return 0;
}

/* How far a transfer is: whether its connection stands, and how many bytes of a body went out. */
static inline int davit_is_connected(CURL *h) {
    curl_off_t time = 0;
    return curl_easy_getinfo(h, CURLINFO_PRETRANSFER_TIME_T, &time) == CURLE_OK && time > 0;
}
static inline curl_off_t davit_bytes_sent(CURL *h) {
    curl_off_t count = 0;
    curl_easy_getinfo(h, CURLINFO_SIZE_UPLOAD_T, &count);
    return count;
}

/* Whether libcurl was built to trust a folder of certificates beside any file. */
static inline int davit_has_ca_folder(void) {
    curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    return info->age >= CURLVERSION_SEVENTH && info->capath;
}

/* Not visible from Swift on its own. */
static inline void davit_name_thread(const char *name) {
#ifdef __linux__
    extern int pthread_setname_np(pthread_t, const char *);
    pthread_setname_np(pthread_self(), name);
#endif
}

#endif
