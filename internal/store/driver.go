package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// Wrap stands between the pool and the driver of the database. Tests use it to
// make single statements fail.
type Wrap func(driver.Connector) driver.Connector

// openDriver opens a pool, behind wrap if there is one.
func openDriver(name, dsn string, wrap Wrap) (*sql.DB, error) {
	db, err := sql.Open(name, dsn)
	if err != nil || wrap == nil {
		return db, err
	}
	var plain driver.Connector = dsnConnector{dsn: dsn, driver: db.Driver()}
	if d, ok := db.Driver().(driver.DriverContext); ok {
		if plain, err = d.OpenConnector(dsn); err != nil {
			return nil, err
		}
	}
	return sql.OpenDB(wrap(plain)), db.Close()
}

type dsnConnector struct {
	dsn    string
	driver driver.Driver
}

func (c dsnConnector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c dsnConnector) Driver() driver.Driver                        { return c.driver }
