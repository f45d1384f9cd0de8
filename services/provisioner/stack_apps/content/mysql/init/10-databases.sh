#!/bin/sh
# One database and one user for each app; the passwords come from the container's environment.
set -eu
create() {
    MYSQL_PWD="$MYSQL_ROOT_PASSWORD" mysql -u root <<SQL
CREATE DATABASE IF NOT EXISTS $1 CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS '$1'@'%' IDENTIFIED WITH mysql_native_password BY '$2';
GRANT ALL PRIVILEGES ON $1.* TO '$1'@'%';
SQL
}
create crm "$CRM_PASSWORD"
create files "$FILES_PASSWORD"
create email_marketing "$EMAIL_MARKETING_PASSWORD"
