// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <microhttpd.h>
#include <gnutls/gnutls.h>
#include <sys/socket.h>

/// Asks the client for a certificate in the handshake to come, without requiring one and without naming authorities:
/// some clients show only certificates by an authority that was named.
static inline void certway_request_certificate(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info == NULL || info->tls_session == NULL)
        return;
    gnutls_certificate_server_set_request((gnutls_session_t) info->tls_session, GNUTLS_CERT_REQUEST);
    gnutls_certificate_send_x509_rdn_sequence((gnutls_session_t) info->tls_session, 1);
}

/// The certificates a TLS client showed, its own first; they live as long as the connection. NULL when it showed none.
/// In C because the function of libmicrohttpd is variadic.
static inline const gnutls_datum_t *certway_peer_certificates(struct MHD_Connection *connection, unsigned int *count)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    *count = 0;
    return info ? gnutls_certificate_get_peers((gnutls_session_t) info->tls_session, count) : NULL;
}

/// Sends bytes past libmicrohttpd, over TLS where the connection has it. It writes nothing of its own before the handler
/// has answered; what does not fit into the socket's buffer is lost. In C because the function of libmicrohttpd is variadic.
static inline void certway_send_raw(struct MHD_Connection *connection, const void *bytes, size_t count)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info != NULL && info->tls_session != NULL) {
        (void) gnutls_record_send((gnutls_session_t) info->tls_session, bytes, count);
        return;
    }
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info != NULL)
        (void) send(info->connect_fd, bytes, count, MSG_NOSIGNAL);
}

/// The address of the client; NULL when libmicrohttpd has none. It lives as long as the connection. In C because the
/// function of libmicrohttpd is variadic.
static inline const struct sockaddr *certway_client_address(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

/// What the notification of a new connection has left with it. In C because the function of libmicrohttpd is variadic.
static inline void *certway_connection_context(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/// The socket of a connection; -1 when libmicrohttpd has none. In C because the function of libmicrohttpd is variadic.
static inline int certway_connection_descriptor(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/// Lets a connection whose handshake has not begun show this certificate in place of the one that the daemon was started
/// with. The credentials must outlive the connection. In C because the function of libmicrohttpd is variadic.
static inline void certway_use_credentials(struct MHD_Connection *connection, gnutls_certificate_credentials_t credentials)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info != NULL && info->tls_session != NULL)
        (void) gnutls_credentials_set((gnutls_session_t) info->tls_session, GNUTLS_CRD_CERTIFICATE, credentials);
}
