"""The declarative base of ai's tables."""

from sqlalchemy.orm import DeclarativeBase

from libs.common.database import TableTypes, new_metadata


class Base(TableTypes, DeclarativeBase):
    metadata = new_metadata()
